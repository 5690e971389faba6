import type { Verdict } from '#src/db/registrations/registration-store.ts';
import type { RegistrationWithFacts, RegistrationWithRivals } from './evaluation.ts';

/**
 * Step 2: the rivals as they are at this point of the round. A rival that was evaluated before has its new
 * verdict already, so of two registrations for one customer only the first can be approved.
 *
 * @param verdicts of this round so far, by the registration's id
 */
export function withRivals(
  one: RegistrationWithFacts,
  verdicts: ReadonlyMap<string, Verdict>,
): RegistrationWithRivals {
  const rivals = one.candidates.rivals.map(({ rival }) => {
    const verdict = rival.kind === 'registration' ? verdicts.get(rival.id) : undefined;
    if (rival.kind !== 'registration' || !verdict) return rival;
    return { ...rival, status: verdict.status, protectedUntil: verdict.protectedUntil };
  });
  return { ...one, rivals };
}
