import { answeredPairs } from '#src/db/matching/match-label-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { minimumAnswersToFit, fitByAnswers, heldOut } from '#src/domain/matching/learning/fit-answers.ts';
import { isOneGroup } from '#src/domain/matching/learning/match-quality.ts';
import { exitCodes, printResult, type OptionValues } from '#src/cli/command.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { answerFigures, type AnswerFigures } from './answer-figures.ts';
import { rounded } from './figures.ts';
import { writeModel } from './named-model.ts';

/**
 * Fits the shipped model to all answers of reviewers and writes it to a file. It decides nothing before it
 * was proposed and applied.
 *
 * @throws AppError `conflict` while there are too few answers
 */
export async function fitToAnswers({ db, config }: Deps, out: string, values: OptionValues): Promise<number> {
  const pairs = await answeredPairs(db);
  if (pairs.length < minimumAnswersToFit)
    throw new AppError(
      'conflict',
      `${pairs.length} answers are too few to fit the model: ${minimumAnswersToFit - pairs.length} more are needed. Reviewers answer on registrations with a conflict and on the page Match quality.`,
    );
  const live = await liveModel(db);
  const prices = config.matchErrorPrices;
  const model = fitByAnswers(pairs, defaultModel, prices);
  await writeModel(model, out);
  const before = answerFigures(
    pairs.map((pair) => ({ pair, model: live })),
    prices,
  );
  const after = answerFigures(heldOut(pairs, defaultModel, prices), prices);
  printResult(values, { file: out, version: model.version, answers: pairs.length, before, after }, [
    `${pairs.length} answers, ${pairs.filter(isOneGroup).length} of them same customer or same group.`,
    `${live.version}, the live model: ${figuresText(before)}`,
    `Thresholds: related from ${rounded(model.thresholds.related)} bits, same from ${rounded(model.thresholds.same)}; a missed conflict costs ${prices.missed}, a false alert ${prices.falseAlert}.`,
    `${model.version} on answers it has not seen: ${figuresText(after)}`,
    `${out}: model ${model.version}. To see what it would change: npm run fairway -- match rescore --model ${out}`,
  ]);
  return exitCodes.ok;
}

function figuresText(figures: AnswerFigures): string {
  const { precision, recall, missed, falseAlerts, price, calibrationError, bitsLost } = figures;
  return `precision ${precision}, recall ${recall}, ${missed} missed, ${falseAlerts} false alerts, price ${price}, calibration error ${calibrationError}, ${bitsLost} bits lost an answer`;
}
