import { describe, expect, test } from 'vitest';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import type { AnsweredPair } from '#src/domain/matching/learning/match-quality.ts';
import { fitByAnswers } from '#src/domain/matching/learning/fit-answers.ts';
import { fitThresholds } from '#src/domain/matching/learning/fit-thresholds.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const letters = 'bcdfghjklmnprstvwz';
/** Names that share no word with each other. */
const names = [...letters].flatMap((a) => [...letters].map((b) => `${a}o${b}uri${a}ax`));
const company = (name: string, city: string) => normaliseCompany({ name, city, country: 'US' });

/** One in `every` pairs with a common surname in another town is the same customer. */
const pairs = (every: number): readonly AnsweredPair[] => [
  ...names.slice(0, 100).map((name): AnsweredPair => ({
    ours: company(`${name} Bakeries`, 'Omaha'),
    theirs: company(`${name} Bakeries Inc`, 'Omaha'),
    answer: 'same',
  })),
  ...names.slice(100, 200).map((name, at): AnsweredPair => ({
    ours: company(`${name} Bakeries`, 'Omaha'),
    theirs: company(`${name} Steel`, 'Boston'),
    answer: at % every === 0 ? 'related' : 'different',
  })),
];
const fitted = (answers: readonly AnsweredPair[], missed: number, falseAlert: number): MatchModel =>
  fitByAnswers(answers, defaultModel, { missed, falseAlert });

describe('the thresholds of a fitted model', () => {
  test('raise an alert for a doubtful pair only if a missed conflict is expensive enough', () => {
    const answers = pairs(5);
    const doubtful = answers[101];
    if (!doubtful) throw new RangeError('no pair');
    const verdict = (model: MatchModel) => matchCompanies(doubtful.ours, doubtful.theirs, model).verdict;
    expect(verdict(fitted(answers, 20, 1))).toBe('related');
    expect(verdict(fitted(answers, 1, 1))).toBe('different');
    expect(verdict(fitted(answers, 1, 20))).toBe('different');
  });

  test('keep “same” above “related”, and only for pairs that were nearly always the same customer', () => {
    const { thresholds, errorPrices } = fitted(pairs(5), 3, 1);
    expect(thresholds.same).toBeGreaterThanOrEqual(thresholds.related);
    expect(errorPrices).toEqual({ missed: 3, falseAlert: 1 });
    const doubtful = pairs(5).map((pair): AnsweredPair => ({ ...pair, answer: 'related' }));
    expect(fitThresholds(doubtful, defaultModel, { missed: 3, falseAlert: 1 }).same).toBe(
      defaultModel.thresholds.same,
    );
  });

  test('of alerts begin where the probability is the price of a false alert divided by both prices', () => {
    const model: MatchModel = {
      ...defaultModel,
      calibration: [
        [-10, 0.1],
        [0, 0.5],
        [10, 0.9],
      ],
    };
    const related = (missed: number, falseAlert: number) =>
      fitThresholds([], model, { missed, falseAlert }).related;
    expect([related(1, 1), related(3, 1), related(1, 3)]).toEqual([0, -6.25, 6.25]);
    expect(related(99, 1)).toBe(-10);
    expect(related(1, 99)).toBe(model.thresholds.related);
    expect(fitThresholds([], model, { missed: 1, falseAlert: 3 }).same).toBe(6.25);
  });
});
