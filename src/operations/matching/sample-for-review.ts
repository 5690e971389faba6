import { sampledAmong, saveQuestions } from '#src/db/matching/match-label-store.ts';
import type { Db } from '#src/db/client.ts';
import { saveModel, modelHash } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import type { Match } from './find-candidates.ts';

/** A registration of the sample without an alert, and the likeliest company it was told apart from. */
export interface Clear {
  readonly registrationId: string;
  readonly ours: NormalisedCompany;
  readonly nearest: Match;
}

/**
 * Puts clear registrations of the random sample up for review. Nothing waits for the answer: it only tells
 * what alerts miss, which nobody would ever see otherwise.
 */
export async function sampleForReview(
  deps: Deps,
  tx: Db,
  clear: readonly Clear[],
  model: MatchModel,
  at: Date,
): Promise<void> {
  if (clear.length === 0) return;
  // A registration that waits is compared in every run, and what is nearest to it may change: asked about
  // twice, it would stand for twice as many.
  const asked = await sampledAmong(
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
