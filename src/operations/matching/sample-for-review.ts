import { sampledRegistrations, saveQuestions } from '#src/db/matching/match-label-store.ts';
import type { Db } from '#src/db/client.ts';
import { saveModel, modelHash } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import type { Match } from './find-candidates.ts';

/**
 * A sampled registration without an alert, with its most likely match among the companies considered
 * different.
 */
export interface ClearRegistration {
  readonly registrationId: string;
  readonly ours: NormalisedCompany;
  readonly nearest: Match;
}

/**
 * Asks reviewers about the clear registrations of the random sample. Nothing waits for the answers. They
 * measure what matching misses, which no alert shows.
 */
export async function sampleForReview(
  deps: Deps,
  tx: Db,
  clear: readonly ClearRegistration[],
  model: MatchModel,
  at: Date,
): Promise<void> {
  if (clear.length === 0) return;
  // A waiting registration is compared in every run, and its nearest company may change. A second question
  // about it would give it double weight.
  const asked = await sampledRegistrations(
    tx,
    clear.map(({ registrationId }) => registrationId),
  );
  const fresh = clear.filter(({ registrationId }) => !asked.has(registrationId));
  if (fresh.length === 0) return;
  const questions = fresh.map(({ registrationId, ours, nearest: { kind, id, company, match } }) => ({
    id: deps.ids(),
    registrationId,
    rivalKind: kind,
    rivalId: id,
    origin: 'sample' as const,
    ours,
    theirs: company,
    modelHash: modelHash(model),
    bits: match.bits,
    probability: match.probability,
    verdict: match.verdict,
    weight: 1 / deps.config.matchSampleShare,
    comparedAt: at,
  }));
  await saveModel(tx, model, at);
  await saveQuestions(tx, questions);
}
