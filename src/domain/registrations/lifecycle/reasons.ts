/** The coded reasons of decisions. A code is chosen from the list of its move; `other` needs words. */
import type { Move } from './states.ts';

export const reasonCodes = {
  reject: [
    'duplicate_own',
    'conflict_earlier_registration',
    'conflict_direct_opportunity',
    'conflict_named_account',
    'existing_customer',
    'outside_territory',
    'below_minimum_size',
    'not_certified',
    'partner_not_in_good_standing',
    'too_many_open',
    'invalid_customer_details',
    'insufficient_evidence',
    'no_response',
    'outside_window',
    'did_not_meet_criteria',
    'other',
  ],
  withdraw: [
    'partner_request',
    'duplicate',
    'customer_declined',
    'registered_in_error',
    'partner_terminated',
    'other',
  ],
  uphold: ['decision_confirmed', 'no_new_evidence', 'other'],
  overturn: ['new_evidence', 'rule_misapplied', 'matching_error', 'agreement_between_partners', 'other'],
  reopen: ['decided_in_error', 'new_information', 'crm_record_changed', 'other'],
  deny_extension: ['no_progress', 'strategic_account', 'other'],
  supersede: [
    'superseded_by_appeal',
    'superseded_by_own_registration',
    'partner_merged',
    'account_merged',
    'other',
  ],
  request_info: [
    'missing_contact',
    'missing_evidence',
    'unclear_customer',
    'unclear_product',
    'unclear_partner_role',
    'other',
  ],
} as const satisfies Partial<Record<Move, readonly string[]>>;

/** Why a deal was lost, as the CRM says it. */
const lostReasons: readonly string[] = [
  'price',
  'product_gap',
  'lost_to_competitor',
  'no_budget',
  'project_cancelled',
  'legal_or_compliance',
  'security',
  'partner_gap',
  'no_decision',
  'other',
];

/** Rejections that can only be submitted again. */
export const notAppealable: ReadonlySet<string> = new Set([
  'duplicate_own',
  'no_response',
  'partner_not_in_good_standing',
]);

/** The notice about such a decision contains no name and no number of another partner. */
export const redactedReasons: ReadonlySet<string> = new Set([
  'conflict_earlier_registration',
  'conflict_direct_opportunity',
  'conflict_named_account',
  'existing_customer',
  'superseded_by_appeal',
]);

/** The codes that a move asks for; null when it needs no reason. */
export function reasonsFor(move: Move): readonly string[] | null {
  return move in reasonCodes ? reasonCodes[move as keyof typeof reasonCodes] : null;
}

/** A reason that the list does not have is `other`. */
export function lostReason(code: string | null): string {
  return code !== null && lostReasons.includes(code) ? code : 'other';
}
