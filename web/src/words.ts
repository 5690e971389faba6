import type {
  ConnectionDetail,
  Finding,
  PayoutBatch,
  Policy,
  RecordKind,
  RegistrationStatus,
  Role,
} from './api/types.ts';

/** The words that the console uses for states, rules and actions. */

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';
export interface Label {
  readonly label: string;
  readonly tone: Tone;
}

export const registrationStatus: Readonly<Record<RegistrationStatus, Label>> = {
  submitted: { label: 'Submitted', tone: 'info' },
  information_needed: { label: 'Information needed', tone: 'warn' },
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
  ops: { label: 'Operations', may: 'Decides registrations and conflicts, starts runs, manages connections' },
  finance: { label: 'Finance', may: 'Submits, approves and exports payout batches' },
  viewer: { label: 'Viewer', may: 'Reads everything, changes nothing' },
};

export const systemNames: Readonly<Record<string, string>> = {
  salesforce: 'Salesforce',
  hubspot: 'HubSpot',
  files: 'ERP files',
};

/**
 * The state of a connection. A pause is shown before every other state, because Fairway makes no calls then.
 */
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

/** The side that wins when both changed a field to different values. `crm` is the name of the CRM. */
export function policyText(policy: Policy, crm: string): string {
  switch (policy) {
    case 'crm':
      return `${crm} wins`;
    case 'fairway':
      return 'Fairway wins';
    case 'latest':
      return 'the latest change wins';
    case 'crm_unless_blank':
      return `${crm} wins, unless it is empty there`;
    case 'ask':
      return 'a person decides';
  }
}

export const recordKinds: Readonly<Record<RecordKind, string>> = {
  registration: 'Registration',
  account: 'Account',
  opportunity: 'Opportunity',
};

/** The page of a record in Fairway; null for kinds without one. */
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
  same_partner_rejected: 'Rejected before',
  earlier_registration: 'Earlier registration',
  later_registration: 'Later registration',
  same_instant: 'Same instant',
  protection_ended: 'Protection ended',
  direct_opportunity: 'Direct opportunity',
  open_lead: 'Open lead',
  same_initials: 'Initials',
  linked_opportunity: 'Linked opportunity',
  partner_eligibility: 'Partner',
  edited_after_approval: 'Edited after approval',
  placeholder_customer: 'Placeholder customer',
  existing_customer: 'Existing customer',
  renewal: 'Renewal',
  outside_territory: 'Territory',
  typed_date: 'Typed date',
  minimum_deal_size: 'Minimum deal size',
  named_account: 'Named account',
  incumbent_contract: 'Incumbent’s contract',
  open_registrations: 'Open registrations',
  partner_status: 'Partner in good standing',
  partner_certification: 'Certification',
  co_sell: 'Co-sell',
  automatic_approval: 'Automatic approval',
};

/** The actions of the audit trail, written after the name of the person. */
const actions: Readonly<Record<string, string>> = {
  'registration.submitted': 'received registration',
  'registration.information_needed': 'asked for information about registration',
  'registration.in_review': 'sent registration to review:',
  'registration.approved': 'approved registration',
  'registration.rejected': 'rejected registration',
  'registration.expired': 'ended the protection of registration',
  'registration.withdrawn': 'withdrew registration',
  'registration.reopened': 'reopened registration',
  'registration.edited_after_approval': 'reopened after an edit in the CRM registration',
  'registration.edit_undone': 'approved again, without the edit, registration',
  'registration.edit_approved': 'approved the edit of registration',
  'registration.edit_rejected': 'rejected the edit of registration',
  'registration.date_confirmed': 'confirmed the date of registration',
  'payout_batch.draft': 'returned to draft payout batch',
  'payout_batch.submitted': 'submitted payout batch',
  'payout_batch.approved': 'approved payout batch',
  'payout_batch.exported': 'exported payout batch',
  'period.reopen_requested': 'asked to take back the close of',
  'period.reopened': 'took back the close of',
  'connection.added': 'connected',
  'connection.changed': 'reconnected',
  'registration.edited': 'edited registration',
  'registration.conflict_answered': 'decided a conflict of registration',
  'registration.customer_compared': 'answered a matching question about registration',
  'match_model.proposed': 'proposed a matching model',
  'match_model.adopted': 'made a matching model live',
  'account.edited': 'edited account',
  'account.marked_distinct': 'marked other accounts as different from account',
  'account.marked_possible_duplicate': 'undid a “marked as different” of account',
  'account.conflict_answered': 'decided a conflict of account',
  'opportunity.edited': 'edited opportunity',
  'opportunity.conflict_answered': 'decided a conflict of opportunity',
  'connection.limited': 'changed the limits of',
  'connection.deletions_confirmed': 'accepted the removal of records of',
  'connection.replayed': 'sent refused writes again to',
  'connection.webhooks_opened': 'created the secret webhook address of',
  'connection.webhooks_closed': 'closed the secret webhook address of',
  'channel.role_given': 'gave a role in the channel to',
  'channel.left': 'entered that somebody has left:',
  'channel.returned': 'entered that somebody is back:',
  'channel.absence_added': 'entered an absence of',
  'channel.absence_removed': 'ended an absence of',
  'partner.suspended': 'suspended the partner',
  'partner.reinstated': 'reinstated the partner',
  'partner.terminated': 'ended the partnership with',
  'person.invited': 'invited',
  'person.link_made': 'made a sign-in link for',
  'person.link_shown': 'was shown the sign-in link of',
  'person.link_mailed': 'mailed a sign-in link to',
  'person.confirmed': 'confirmed',
  'person.role_changed': 'changed the role of',
  'person.disabled': 'disabled',
  'person.enabled': 'enabled',
  'person.sessions_ended': 'ended the sessions of',
  'person.asked_again': 'asked for help with the sign-in of',
  'person.let_in_again': 'let in again',
  'person.passkey_added': 'added a passkey for',
  'person.passkey_removed': 'removed a passkey of',
  'mapping.drafted': 'started a mapping draft of',
  'mapping.draft_saved': 'saved a mapping draft of',
  'mapping.draft_discarded': 'discarded a mapping draft of',
  'mapping.submitted': 'submitted a mapping for approval of',
  'mapping.approved': 'approved a mapping of',
  'mapping.rejected': 'rejected a mapping of',
  'mapping.rolled_back': 'rolled back a mapping of',
  'mapping.backfill_started': 'started a backfill of',
  'mapping.restore_started': 'started a restore of',
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

/**
 * A name of an object or a field in the CRM, for people who do not configure mappings:
 * `Conflict_Score__c` and `fairway_conflict_score` → "Conflict score", `p_fairway_registration` → "Registration".
 */
export function crmNameText(name: string): string {
  return sentence(plain(name.replace(/__c$/, '').replace(/^(p_)?fairway_/i, '')));
}

/** A value in the CRM: a status by its name on the screen, other text as it is. */
export function crmValueText(value: string): string {
  const labels: Readonly<Record<string, Label>> = registrationStatus;
  return labels[value]?.label ?? value;
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
