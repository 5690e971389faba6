import { answeredPairs } from '#src/db/matching/match-label-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { fewestToFit, fitByAnswers, heldOut } from '#src/domain/matching/learning/fit-answers.ts';
import { isOneGroup } from '#src/domain/matching/learning/match-quality.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { answerFigures, type AnswerFigures } from './answer-figures.ts';
import { writeModel } from './named-model.ts';

/**
 * Fits the delivered model to all answers of reviewers and writes it to a file. Nothing decides with it
 * before it was looked at, proposed and adopted.
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
  const model = fitByAnswers(pairs, defaultModel);
  await writeModel(model, out);
  console.log(
    [
      `${pairs.length} answers, ${pairs.filter(isOneGroup).length} of them one customer or one group.`,
      `${live.version} as it decides now: ${words(answerFigures(pairs.map((pair) => ({ pair, model: live }))))}`,
      `${model.version} on answers it has not seen: ${words(answerFigures(heldOut(pairs, defaultModel)))}`,
      `${out}: model ${model.version}. What it would change: npm run fairway -- match rescore --model ${out}`,
    ].join('\n'),
  );
  return 0;
}

function words({ precision, recall, calibrationError, bitsLost }: AnswerFigures): string {
  return `precision ${precision}, recall ${recall}, calibration error ${calibrationError}, ${bitsLost} bits lost an answer`;
}
