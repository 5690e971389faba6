import { saveModel } from '#src/db/matching/match-model-store.ts';
import type { Db } from '#src/db/client.ts';
import { channelPartners, opportunityOwners } from '#src/db/registrations/lifecycle/channel-store.ts';
import { addedTerms, columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { saveConflicts } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { saveCases } from '#src/db/registrations/conflict-case-store.ts';
import { registrationsByIds, saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Deps } from '#src/deps.ts';
import { invalidTerms } from '#src/domain/registrations/form/invalid-terms.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { missingFields } from '#src/domain/registrations/lifecycle/editable-fields.ts';
import { assessInOrder } from '#src/operations/registrations/evaluate-in-order.ts';
import type { EvaluatedRegistration, EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { uuidsOf } from './uuids.ts';

/**
 * Applies the rules of engagement to a registration as it would be submitted, in a trial that is rolled back. The
 * caller holds the lock of decisions. Null when the submission will be refused: the rules need a partner and terms.
 */
export async function assessSubmission(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  { registration: id, by, with: values }: LifecycleCommand,
): Promise<EvaluatedRegistration | null> {
  const { terms = {}, opportunity } = values;
  if (missingFields(terms).length > 0 || invalidTerms(terms).length > 0) return null;
  const partnerId = await partnerOf(tx, values.partner, by);
  const isLinked = opportunity !== undefined;
  if (partnerId === null) return null;
  if (isLinked && !(await opportunityOwners(tx, uuidsOf(opportunity))).has(opportunity)) return null;
  return rollBackAfter(tx, async (trial) => {
    const row = {
      id,
      number: values.number ?? id,
      partnerId,
      opportunityId: opportunity ?? null,
      ...columnsOfTerms(terms),
      extra: addedTerms(terms),
      submittedAt: round.at,
      receivedAt: round.at,
    };
    await saveRegistrations(trial, [row]);
    const [assessed = null] = await assessInOrder(deps, trial, round, await registrationsByIds(trial, [id]));
    return assessed;
  });
}

/** The partner that is named, or that the sender belongs to. */
async function partnerOf(tx: Db, named: string | undefined, by: string): Promise<string | null> {
  const known = Object.keys(await channelPartners(tx, uuidsOf(named), [by]));
  return (named === undefined ? known[0] : known.find((id) => id === named)) ?? null;
}

/** Stores the evidence of the rules for a registration that was submitted. */
export async function saveAssessment(
  tx: Db,
  { model, at }: EvaluationRound,
  { verdict, conflictCase }: EvaluatedRegistration,
): Promise<void> {
  await saveConflicts(tx, [verdict]);
  if (conflictCase === null) return;
  await saveModel(tx, model, at);
  await saveCases(tx, [conflictCase]);
}
