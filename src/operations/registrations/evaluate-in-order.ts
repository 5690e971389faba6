import type { Db } from '#src/db/client.ts';
import { saveModel } from '#src/db/matching/match-model-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { saveCases } from '#src/db/registrations/conflict-case-store.ts';
import {
  saveVerdicts,
  type StoredRegistration,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import { saveConflicts } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { RivalDealChanges } from '#src/db/registrations/rival-deal-store.ts';
import type { Deps } from '#src/deps.ts';
import { refreshProfilesInTransaction } from '#src/operations/matching/refresh-profiles.ts';
import { sampleForReview } from '#src/operations/matching/sample-for-review.ts';
import { withRivals } from './current-rivals.ts';
import type { EvaluatedRegistration, EvaluationRound } from './evaluation.ts';
import { withFindings } from './findings.ts';
import { withFacts } from './registration-facts.ts';
import { startLifecycles } from './lifecycle/follow-crm.ts';
import { withNamedCustomers } from './named-customers.ts';
import { saveRivalDeals } from './rival-deals.ts';
import { withVerdict } from './verdict.ts';
import { verdictAudit } from './verdict-audit.ts';

/**
 * Evaluates registrations in their order of precedence: facts → rivals → findings → verdict. Facts are loaded and
 * results are stored for all of them at once; the steps between are pure.
 *
 * @returns the registrations with a new status or reason, and the rival deals that are new or have ended
 */
export async function evaluateInOrder(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<{ readonly changed: readonly EvaluatedRegistration[]; readonly rivalDeals: RivalDealChanges }> {
  if (registrations.length === 0) return { changed: [], rivalDeals: { added: [], ended: [] } };
  const evaluated = await assessInOrder(deps, tx, round, registrations);
  const changed = await saveEvaluations(deps, tx, round, evaluated);
  return { changed, rivalDeals: await saveRivalDeals(deps, tx, round, evaluated) };
}

/** The verdicts without storing them. */
export async function assessInOrder(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<readonly EvaluatedRegistration[]> {
  // Afterwards every committed registration can be found, so no two of them miss each other.
  await refreshProfilesInTransaction(tx);
  const known = await withFacts(deps, tx, round, await withNamedCustomers(tx, round, registrations));
  const verdicts = new Map<string, Verdict>();
  return known.map((one) => {
    const result = withVerdict(withFindings(withRivals(one, verdicts), round), round);
    verdicts.set(result.verdict.id, result.verdict);
    return result;
  });
}

async function saveEvaluations(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  evaluated: readonly EvaluatedRegistration[],
): Promise<readonly EvaluatedRegistration[]> {
  const { model, at } = round;
  const { started, others } = await startLifecycles(deps, tx, round, evaluated);
  const cases = evaluated.flatMap(({ conflictCase }) => conflictCase ?? []);
  if (cases.length > 0) await saveModel(tx, model, at);
  await saveCases(tx, cases);
  const clear = evaluated.flatMap((one) => one.clear ?? []);
  await sampleForReview(deps, tx, clear, model, at);
  const changed = others.filter(
    ({ registration, verdict }) =>
      verdict.status !== registration.status || verdict.reason !== registration.reason,
  );
  await saveVerdicts(
    tx,
    changed.map(({ verdict }) => verdict),
  );
  await audit(
    tx,
    changed.map(({ registration, verdict }) => verdictAudit(verdict, registration.status)),
    at,
  );
  return [...started, ...changed, ...(await renewConflicts(tx, others))];
}

/** Registrations that their lifecycle decides get the conflict texts of the present evidence, and nothing else. */
async function renewConflicts(
  tx: Db,
  evaluated: readonly EvaluatedRegistration[],
): Promise<readonly EvaluatedRegistration[]> {
  const renewed = evaluated.filter(
    ({ hasLifecycle, registration, verdict }) =>
      hasLifecycle &&
      (verdict.conflictSummary !== registration.conflictSummary ||
        verdict.conflictScore !== registration.conflictScore),
  );
  await saveConflicts(
    tx,
    renewed.map(({ verdict }) => verdict),
  );
  return renewed;
}
