import type { Db } from '#src/db/client.ts';
import { addedTerms, columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { findLifecycle, saveTermsAgain } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { registrationsByIds, saveTermsSince } from '#src/db/registrations/registration-store.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Deps } from '#src/deps.ts';
import { invalidTerms } from '#src/domain/registrations/form/invalid-terms.ts';
import type { RivalInForce } from '#src/domain/registrations/lifecycle/command.ts';
import { missingFields } from '#src/domain/registrations/lifecycle/editable-fields.ts';
import { assessInOrder } from '#src/operations/registrations/evaluate-in-order.ts';
import type { EvaluatedRegistration, EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { saveAssessment } from './assess-submission.ts';

/**
 * Applies the rules of engagement to a registration with a lifecycle as they are now. The caller holds the lock of
 * decisions.
 *
 * @param terms the terms that a new submission changes, in a trial that is rolled back; absent for a decision about
 * the registration as it is
 * @returns null when the command will be refused: the registration is unknown, or its terms cannot be read
 */
export async function assessAgain(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  { id, submitted }: { readonly id: string; readonly submitted: Readonly<Record<string, string>> | null },
): Promise<EvaluatedRegistration | null> {
  const found = await findLifecycle(tx, id);
  if (found === null) return null;
  if (submitted === null) return assessOne(deps, tx, round, id);
  const terms = { ...found.lifecycle.terms, ...submitted };
  if (missingFields(terms).length > 0 || invalidTerms(terms).length > 0) return null;
  return rollBackAfter(tx, async (trial) => {
    const extra = addedTerms(terms);
    await saveTermsAgain(trial, id, {
      ...columnsOfTerms(terms),
      extra,
      status: 'submitted',
      termsSince: round.at,
    });
    return assessOne(deps, trial, round, id);
  });
}

async function assessOne(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  id: string,
): Promise<EvaluatedRegistration | null> {
  const [assessed = null] = await assessInOrder(deps, tx, round, await registrationsByIds(tx, [id]));
  return assessed;
}

/**
 * The registrations in force that the rules stop an approval for.
 *
 * @param almost registrations that are in force as soon as their approval cannot be undone any more
 */
export function rivalsInForce(
  { decision }: EvaluatedRegistration,
  almost: ReadonlySet<string>,
): readonly RivalInForce[] {
  const found = new Map<string, RivalInForce>();
  for (const { rival, effect, message } of decision.findings) {
    if (rival?.kind !== 'registration' || effect === 'note') continue;
    if (rival.status !== 'approved' && !almost.has(rival.id)) continue;
    const { id, number, partnerName } = rival;
    if (!found.has(id)) found.set(id, { id, number, partner: partnerName, finding: message });
  }
  return [...found.values()];
}

/** Stores the evidence of a new submission. Its precedence counts from now. */
export async function saveResubmission(
  tx: Db,
  round: EvaluationRound,
  assessed: EvaluatedRegistration,
): Promise<void> {
  await saveTermsSince(tx, [{ id: assessed.verdict.id, termsSince: round.at }]);
  await saveAssessment(tx, round, assessed);
}
