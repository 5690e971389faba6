/**
 * The person who decides next about a registration, for the sales rep who reads it on an opportunity. The text depends only
 * on the registration, so that it is not written again every day.
 */
import type { RegistrationRole } from '#src/domain/crm-schema.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { answerDueAt } from './response-deadline.ts';

export interface NextDecision {
  readonly status: RegistrationStatus;
  readonly submittedAt: Date;
  readonly protectedUntil: string | null;
  readonly role: RegistrationRole;
  /** The channel account manager of the partner. Null if the CRM does not show who it is. */
  readonly managerName: string | null;
}

export function whoDecidesNext(next: NextDecision): string {
  const { status, submittedAt, protectedUntil, role, managerName } = next;
  switch (status) {
    case 'submitted':
    case 'in_review':
      return `Channel operations, by ${answerDueAt(submittedAt).toISOString().slice(0, 10)}.`;
    case 'approved': {
      const until = protectedUntil === null ? '' : ` until ${protectedUntil}`;
      if (role === 'registered_deal') return `Nobody: the registration is approved and protected${until}.`;
      const manager = managerName === null ? '' : `, ${managerName},`;
      return `Nobody: the partner is protected${until}. Ask the channel account manager${manager} before you go on.`;
    }
    case 'information_needed':
      return 'The partner: information is missing on the registration.';
    case 'rejected':
    case 'expired':
    case 'withdrawn':
      return `Nobody: the registration is ${status}. The partner may submit it again.`;
  }
}
