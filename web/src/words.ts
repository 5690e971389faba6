import type {
  ConnectionDetail,
  Finding,
  PayoutBatch,
  Policy,
  RecordKind,
  RegistrationStatus,
  Role,
} from './api/types.ts';

/** Fairway's words on screen, in one place. */

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';
interface Label {
  readonly label: string;
  readonly tone: Tone;
}

export const registrationStatus: Readonly<Record<RegistrationStatus, Label>> = {
  submitted: { label: 'Submitted', tone: 'info' },
  in_review: { label: 'In review', tone: 'warn' },
  approved: { label: 'Approved', tone: 'good' },
  rejected: { label: 'Rejected', tone: 'bad' },
  expired: { label: 'Expired', tone: 'quiet' },
  withdrawn: { label: 'Withdrawn', tone: 'quiet' },
};

export const batchStatus: Readonly<Record<PayoutBatch['status'], Label>> = {
  draft: { label: 'Draft', tone: 'quiet' },
  submitted: { label: 'Waiting for approval', tone: 'warn' },
  approved: { label: 'Approved', tone: 'info' },
  exported: { label: 'Exported', tone: 'good' },
};

export const roleNames: Readonly<Record<Role, { readonly label: string; readonly may: string }>> = {
  admin: { label: 'Admin', may: 'Everything, including people' },
  ops: { label: 'Operations', may: 'Decides registrations and conflicts, starts runs, runs connections' },
  finance: { label: 'Finance', may: 'Submits, approves and exports payout batches' },
  viewer: { label: 'Viewer', may: 'Reads everything, changes nothing' },
};

export const systemNames: Readonly<Record<string, string>> = {
  salesforce: 'Salesforce',
  hubspot: 'HubSpot',
  files: 'ERP files',
};

/** How a connection is. A paused one is asked nothing, whatever else is the matter. */
export function connectionState(
  { status, pausedUntil }: Pick<ConnectionDetail, 'status' | 'pausedUntil'>,
  now = Date.now(),
): Label {
  if (status !== 'disabled' && pausedUntil !== null && Date.parse(pausedUntil) > now)
    return { label: 'Paused', tone: 'warn' };
  return connectionStatus[status];
}

const connectionStatus: Readonly<Record<ConnectionDetail['status'], Label>> = {
  active: { label: 'Healthy', tone: 'good' },
  failing: { label: 'Failing', tone: 'bad' },
  disabled: { label: 'Disabled', tone: 'quiet' },
};

/** Who wins when a field was changed on both sides, differently. `crm` is the name of the CRM. */
export function policyText(policy: Policy, crm: string): string {
  switch (policy) {
    case 'crm':
      return `${crm} wins`;
    case 'fairway':
      return 'Fairway wins';
    case 'latest':
      return 'whoever changed it last wins';
    case 'crm_unless_blank':
      return `${crm} wins, unless it is empty there`;
    case 'ask':
      return 'a person is asked';
  }
}

export const recordKinds: Readonly<Record<RecordKind, string>> = {
  registration: 'Registration',
  account: 'Account',
  opportunity: 'Opportunity',
};

/** The page of one of our records; null for kinds without one. */
export function recordPath(kind: string, id: string): string | null {
  if (kind === 'registration') return `/registrations/${id}`;
  return kind === 'account' || kind === 'opportunity' ? `/records/${kind}/${id}` : null;
}

/** The stages of a run, in order. */
export const stageNames: Readonly<Record<string, string>> = {
  pull: 'Read',
  map: 'Map',
  decide: 'Decide',
  assess: 'Tiers',
  accrue: 'Accrue',
  payout: 'Payouts',
  plan: 'Plan writes',
  push: 'Write back',
};

export const ruleNames: Readonly<Record<Finding['rule'], string>> = {
  same_partner_duplicate: 'Duplicate by the same partner',
  same_partner_update: 'Update by the same partner',
  earlier_registration: 'Earlier registration',
  later_registration: 'Later registration',
  protection_ended: 'Protection ended',
  direct_opportunity: 'Direct opportunity',
  existing_customer: 'Existing customer',
  renewal: 'Renewal',
  outside_territory: 'Territory',
};

/** What the audit trail records, told after the name of who did it. */
const actions: Readonly<Record<string, string>> = {
  'registration.submitted': 'took in registration',
  'registration.in_review': 'asked for a review of registration',
  'registration.approved': 'approved registration',
  'registration.rejected': 'rejected registration',
  'registration.expired': 'ended the protection window of registration',
  'registration.withdrawn': 'withdrew registration',
  'registration.reopened': 'reopened registration',
  'payout_batch.draft': 'returned to draft payout batch',
  'payout_batch.submitted': 'submitted payout batch',
  'payout_batch.approved': 'approved payout batch',
  'payout_batch.exported': 'exported payout batch',
  'connection.added': 'connected',
  'connection.changed': 'reconnected',
  'registration.edited': 'edited registration',
  'registration.conflict_answered': 'settled a conflict about registration',
  'registration.customer_compared': 'said whether somebody else’s customer is that of registration',
  'match_model.proposed': 'proposed another match model',
  'match_model.adopted': 'made another match model decide',
  'account.edited': 'edited account',
  'account.told_apart': 'told others apart from account',
  'account.may_be_duplicate': 'took back what told others apart from account',
  'account.conflict_answered': 'settled a conflict about account',
  'opportunity.edited': 'edited opportunity',
  'opportunity.conflict_answered': 'settled a conflict about opportunity',
  'connection.limited': 'changed the limits of',
  'connection.vanishing_agreed': 'agreed that records vanish from',
  'connection.replayed': 'sent refused writes again to',
  'connection.webhooks_opened': 'made the secret webhook address of',
  'connection.webhooks_closed': 'closed the secret webhook address of',
  'person.invited': 'invited',
};

export function actionText(action: string): string {
  return actions[action] ?? plain(action);
}

/** `customerName`, `Customer_Name__c`, `in_review` → "customer name", … */
export function plain(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.]+/g, ' ')
    .trim()
    .toLowerCase();
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
