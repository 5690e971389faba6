/** The coded reasons of decisions. A code is chosen from the list of its move; `other` needs words. */
import type { CommandValues } from './command.ts';
import type { ProgrammeReasons } from './programme.ts';
import type { LifecycleRegistration } from './registration.ts';
import type { LifecycleState, Move } from './states.ts';

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

/** The reasons that people can choose for a move, with the words of the programme. */
export function offeredReasons(
  move: Move,
  reasons: ProgrammeReasons | undefined,
): readonly { readonly code: string; readonly text: string }[] {
  return (reasonsFor(move) ?? [])
    .filter((code) => reasons?.[move]?.[code]?.offered !== false)
    .map((code) => ({ code, text: reasons?.[move]?.[code]?.en ?? spacedCode(code) }));
}

/** A reason that the list does not have is `other`. */
export function lostReason(code: string | null): string {
  return code !== null && lostReasons.includes(code) ? code : 'other';
}

/** The code for a lost reason of the CRM: a code, or the programme's words for one in either language. Null for others. */
export function lostReasonIn(text: string, reasons: ProgrammeReasons | undefined): string | null {
  const said = text.trim().toLowerCase();
  const words = (code: string): readonly string[] => [
    code,
    spacedCode(code),
    ...Object.values(reasons?.['lose']?.[code] ?? {}).map(String),
  ];
  return lostReasons.find((code) => words(code).some((one) => one.toLowerCase() === said)) ?? null;
}

/** The move whose list has the reason of a state. */
const moveOfState: Readonly<Partial<Record<LifecycleState, string>>> = {
  in_review: 'reopen',
  info_requested: 'request_info',
  approved: 'overturn',
  converted: 'overturn',
  rejected: 'reject',
  appealed: 'reject',
  expired: 'expire',
  withdrawn: 'withdraw',
  superseded: 'supersede',
  lost: 'lose',
};

type Reasoned = Pick<LifecycleRegistration, 'state' | 'reasonCode' | 'reasonText'>;

/**
 * The words after a step. An appeal, and a conversion, change nothing about the reason.
 *
 * @param before null for a new registration
 * @param given the values of the command about it; empty for news and timers
 */
export function reasonTextOf(
  before: Reasoned | null,
  { state, reasonCode, reasonText }: Reasoned,
  given: CommandValues,
  reasons: ProgrammeReasons | undefined,
): string | null {
  const isSameState = before?.state === state && before.reasonCode === reasonCode;
  if (isSameState) return reasonText;
  const found = given.rulesText?.trim();
  if (found) return found;
  if (reasonCode === null) return null;
  if (before?.reasonCode === reasonCode && moveOfState[before.state] === moveOfState[state])
    return before.reasonText;
  const words = reasonCode === 'other' ? '' : reasonWords(state, reasonCode, reasons);
  const said = (state === 'info_requested' ? given.question : given.text)?.trim();
  return [words, said].filter(Boolean).join(': ') || null;
}

function reasonWords(state: LifecycleState, code: string, reasons: ProgrammeReasons = {}): string {
  const words = reasons[moveOfState[state] ?? '']?.[code]?.en;
  if (words !== undefined) return words;
  return spacedCode(code);
}

function spacedCode(code: string): string {
  const spaced = code.replaceAll('_', ' ');
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`;
}
