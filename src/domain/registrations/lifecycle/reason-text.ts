/** The words for the state of a registration: what the rules found, or the reason that a person chose. */
import type { CommandValues } from './command.ts';
import type { ProgrammeReasons } from './programme.ts';
import type { LifecycleRegistration } from './registration.ts';
import type { LifecycleState } from './states.ts';

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
  const spaced = code.replaceAll('_', ' ');
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`;
}
