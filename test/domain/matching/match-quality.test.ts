import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitByAnswers, heldOut } from '#src/domain/matching/learning/fit-answers.ts';
import { pairClusters } from '#src/domain/matching/learning/fit-clusters.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import {
  matchAnswers,
  matchQuality,
  type ComparedPair,
  type AnsweredPair,
} from '#src/domain/matching/learning/match-quality.ts';
import { matchModelSchema } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { reliability } from '#src/domain/matching/learning/reliability.ts';
import { isSampled } from '#src/domain/matching/sample.ts';
import { wilson } from '#src/domain/matching/learning/wilson.ts';

describe('the random sample', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('has about the requested share, for any ids', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.02, 0.1, 0.5), (from, wanted) => {
        const count = 4_000;
        const ids = Array.from({ length: count }, (_, at) => `${from}-${at}`);
        const drawn = ids.filter((id) => isSampled(id, wanted)).length;
        // A fair draw is outside five standard deviations once in a million.
        expect(Math.abs(drawn - count * wanted)).toBeLessThan(5 * Math.sqrt(count * wanted * (1 - wanted)));
      }),
      { numRuns: 50 },
    );
  });

  test('is reproducible, and a larger sample includes every smaller one', () => {
    fc.assert(
      fc.property(fc.uuid(), share, share, (id, a, b) => {
        expect(isSampled(id, a)).toBe(isSampled(id, a));
        if (isSampled(id, Math.min(a, b))) expect(isSampled(id, Math.max(a, b))).toBe(true);
        expect([isSampled(id, 0), isSampled(id, 1)]).toEqual([false, true]);
      }),
    );
  });

  test('estimates missed conflicts without bias: its weights add up to the total within chance', () => {
    const missed = 400;
    const wanted = 0.1;
    const pairs = Array.from(
      { length: 8_000 },
      (_, at) => ({ id: `registration ${at}`, answer: at < missed ? 'same' : 'different' }) as const,
    )
      .filter(({ id }) => isSampled(id, wanted))
      .map(({ id, answer }): ComparedPair => ({
        registrationId: id,
        origin: 'sample',
        probability: 0.01,
        weight: 1 / wanted,
        answer,
      }));
    expect(Math.abs((matchQuality(pairs, 0).missed ?? 0) - missed)).toBeLessThan(
      3 * Math.sqrt(missed / wanted),
    );
  });
});

describe('figures', () => {
  const pair = fc.record({
    registrationId: fc.string(),
    origin: fc.constantFrom('alert', 'sample'),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    weight: fc.double({ min: 1, max: 100, noNaN: true }),
    answer: fc.constantFrom(null, ...matchAnswers),
  });

  test('are shares inside their interval, or null', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 120 }), fc.nat(500), (pairs, alerted) => {
        const { precision, recall, missed, calibration } = matchQuality(pairs, alerted);
        for (const one of [precision, recall])
          if (one) {
            expect(one.low).toBeLessThanOrEqual(one.value + 1e-9);
            expect(one.high).toBeGreaterThanOrEqual(one.value - 1e-9);
            expect(one.low).toBeGreaterThanOrEqual(0);
            expect(one.high).toBeLessThanOrEqual(1);
          }
        expect(missed ?? 0).toBeGreaterThanOrEqual(0);
        expect(calibration?.error ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('are null with too few answers', () => {
    const one: ComparedPair = {
      registrationId: 'r',
      origin: 'alert',
      probability: 0.9,
      weight: 1,
      answer: 'same',
    };
    expect(matchQuality([one], 1)).toMatchObject({
      precision: null,
      recall: null,
      missed: null,
      calibration: null,
    });
  });

  test('Wilson’s interval of 8 in 10 equals the published value', () => {
    const { low, high } = wilson(0.8, 10);
    expect([low, high].map((one) => Number(one.toFixed(3)))).toEqual([0.49, 0.943]);
  });

  test('are calibrated if the predictions came true, and otherwise wrong by the difference', () => {
    const answersWith = (probability: number, same: number, of: number) =>
      Array.from({ length: of }, (_, at) => ({ probability, same: at < same, weight: 1 }));
    expect(reliability([...answersWith(0.2, 2, 10), ...answersWith(0.9, 9, 10)]).error).toBeCloseTo(0, 9);
    expect(reliability(answersWith(0.9, 5, 10)).error).toBeCloseTo(0.4, 9);
    expect(reliability([]).error).toBe(0);
  });
});

describe('a fit to answers', () => {
  test('puts pairs that share a company, directly or through other pairs, into one cluster', () => {
    expect(
      pairClusters([
        ['a', 'b'],
        ['c', 'd'],
        ['b', 'c'],
        ['x', 'y'],
      ]),
    ).toEqual([0, 0, 0, 1]);
  });

  const words = [
    'Quartz',
    'Velvet',
    'Copper',
    'Saffron',
    'Juniper',
    'Thistle',
    'Walnut',
    'Harbor',
    'Meadow',
    'Granite',
  ];
  const company = (name: string) => normaliseCompany({ name, country: 'US' });
  /** Answers in which one shared rare word is no evidence. */
  const pairs = words.flatMap((first) =>
    words.map((second): AnsweredPair => {
      const same = first < second;
      return {
        ours: company(`${first}${second} Bakeries`),
        theirs: company(`${first}${second} ${same ? 'Bakeries Inc' : 'Steel'}`),
        answer: same ? 'same' : 'different',
      };
    }),
  );

  const prices = { missed: 3, falseAlert: 1 };

  test('is a model that survives JSON, and cross-validation never uses a pair’s own answer', () => {
    const model = fitByAnswers(pairs, defaultModel, prices);
    expect(model.version).toBe(`${defaultModel.version}+100`);
    expect(JSON.stringify(matchModelSchema.parse(JSON.parse(JSON.stringify(model))))).toBe(
      JSON.stringify(model),
    );
    const judged = heldOut(pairs, defaultModel, prices);
    expect(judged).toHaveLength(pairs.length);
    expect(new Set(judged.map((one) => one.model)).size).toBe(5);
  });
});
