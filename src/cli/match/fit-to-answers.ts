import { answeredPairs } from '#src/db/match-label-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { fewestToFit, fitByAnswers, heldOut, type AnsweredPair } from '#src/domain/matching/fit-answers.ts';
import { isOneGroup } from '#src/domain/matching/match-quality.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { liveModel } from '#src/operations/live-model.ts';
import { calibrationError, rowAt } from './figures.ts';
import { writeModel } from './named-model.ts';

/**
 * Fits the delivered model to all answers of reviewers and writes it to a file. Nothing decides with it before it was looked at, proposed
 * and adopted.
 *
 * @throws AppError `conflict` while there are too few answers
 */
export async function fitToAnswers({ db }: Deps, out: string): Promise<number> {
  const pairs = await answeredPairs(db);
  if (pairs.length < fewestToFit)
    throw new AppError(
      'conflict',
      `${pairs.length} answers of reviewers are too few to fit the model to: ${fewestToFit - pairs.length} are missing. They are given on registrations with a conflict and on the page Match quality.`,
    );
  const live = await liveModel(db);
  const now = pairs.map((pair) => ({ pair, model: live }));
  const model = fitByAnswers(pairs, defaultModel);
  await writeModel(model, out);
  console.log(
    [
      `${pairs.length} answers, ${pairs.filter(isOneGroup).length} of them one customer or one group.`,
      figuresOf(`${live.version} as it decides now`, now),
      figuresOf(`${model.version} on answers it has not seen`, heldOut(pairs, defaultModel)),
      `${out}: model ${model.version}. What it would change: npm run fairway -- match rescore --model ${out}`,
    ].join('\n'),
  );
  return 0;
}

/** One line; every pair is judged by the model beside it. */
function figuresOf(name: string, judged: readonly { readonly pair: AnsweredPair; readonly model: MatchModel }[]): string {
  const scored = judged.map(({ pair, model }) => {
    const { bits, probability } = matchCompanies(pair.ours, pair.theirs, model);
    return { score: bits - model.thresholds.related, probability, same: isOneGroup(pair) };
  });
  const truth = scored.filter(({ same }) => same).length;
  const { precision, recall } = rowAt(
    0,
    scored.map(({ score, same }) => ({ score, same: same ? 1 : 0, different: same ? 0 : 1 })),
    truth,
  );
  const loss = scored.reduce((sum, { probability, same }) => sum - Math.log2(same ? probability : 1 - probability), 0) / scored.length;
  return `${name}: precision ${precision}, recall ${recall}, calibration error ${calibrationError(scored)}, ${loss.toFixed(3)} bits lost an answer`;
}
