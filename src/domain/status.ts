/** Statuses as they are stored, and as the CRM fields of `crm-schema.ts` offer them. */
export const registrationStatuses = [
  'submitted',
  'information_needed',
  'in_review',
  'approved',
  'rejected',
  'expired',
  'withdrawn',
] as const;
export type RegistrationStatus = (typeof registrationStatuses)[number];

export const payoutStatuses = ['draft', 'submitted', 'approved', 'exported', 'paid', 'returned'] as const;
export type PayoutStatus = (typeof payoutStatuses)[number];
