import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchFields, type MatchLevel } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { fitByExpectation } from '#src/domain/matching/learning/fit-em.ts';
import { calibrate, fitByLabels } from '#src/domain/matching/learning/fit-labels.ts';
import { isotonicSteps } from '#src/domain/matching/learning/isotonic.ts';
import {
  bitsOf,
  calibrated,
  matchModelSchema,
  singleFields,
  evidenceLevels,
  type Levels,
} from '#src/domain/matching/model.ts';
import type { LabelledPattern, PatternCounts } from '#src/domain/matching/learning/patterns.ts';
import { solve } from '#src/domain/matching/learning/solve.ts';

const levels = (given: Partial<Record<keyof Levels, MatchLevel>>): Levels => ({
  ...(Object.fromEntries(matchFields.map((field) => [field, 'missing'])) as Record<keyof Levels, MatchLevel>),
  ...given,
});

/**
 * Pairs whose phone, address and name agree independently of each other: in 90 of 100 pairs of one company,
 * in few of the others.
 */
function simulated(): readonly LabelledPattern[] {
  const agree = ['exact', 'different'] as const;
  return agree.flatMap((phone) =>
    agree.flatMap((address) =>
      agree.map((name): LabelledPattern => {
        const share = (same: number, other: number, level: string): readonly [number, number] =>
          level === 'exact' ? [same, other] : [1 - same, 1 - other];
        const of = [share(0.9, 0.01, phone), share(0.9, 0.02, address), share(0.8, 0.05, name)];
        const [same, different] = [0, 1].map((at) =>
          of.reduce((product, one) => product * (one[at] ?? 0), 1),
        );
        return {
          levels: levels({ phone, address, name, words: 'strong' }),
          same: 1_000 * (same ?? 0),
          different: 9_000 * (different ?? 0),
        };
      }),
    ),
  );
}

const unlabelled = (labelled: readonly LabelledPattern[]): PatternCounts => ({
  patterns: labelled.map(({ levels: found, same, different }) => ({
    levels: found,
    count: same + different,
  })),
  pairs: labelled.reduce((sum, { same, different }) => sum + same + different, 0),
});

describe('without labels', () => {
  test('weights and share of matches are found that made the data', () => {
    const counts = unlabelled(simulated());
    const model = fitByExpectation([{ counts, leftOut: [] }], counts, defaultModel);
    expect(model.priorBits).toBeCloseTo(Math.log2(0.1 / 0.9), 0);
    expect(model.weights.phone.exact).toBeCloseTo(Math.log2(0.9 / 0.01), 0);
    expect(model.weights.address.exact).toBeCloseTo(Math.log2(0.9 / 0.02), 0);
    expect(model.weights.phone.different).toBeCloseTo(Math.log2(0.1 / 0.99), 0);
    expect(model.weights.name.exact).toBeCloseTo(Math.log2(0.8 / 0.05), 0);
  });

  test('what the data cannot say stays as it was', () => {
    const counts = unlabelled(simulated());
    expect(fitByExpectation([{ counts, leftOut: [] }], counts, defaultModel).weights.domain).toEqual(
      defaultModel.weights.domain,
    );
    const namesOnly = unlabelled(
      simulated().map((one) => ({ ...one, levels: levels({ name: one.levels.name, words: 'strong' }) })),
    );
    expect(fitByExpectation([{ counts: namesOnly, leftOut: [] }], namesOnly, defaultModel)).toBe(
      defaultModel,
    );
  });
});

describe('with labels', () => {
  test('no answers change no weight', () => {
    expect(fitByLabels([], defaultModel)).toBe(defaultModel);
  });

  test('many answers overrule the prior, and the sums become calibrated', () => {
    const labelled = simulated();
    const model = fitByLabels(labelled, defaultModel);
    for (const one of labelled) {
      const share = one.same / (one.same + one.different);
      expect(Math.abs(1 / (1 + 2 ** -bitsOf(one.levels, model)) - share)).toBeLessThan(0.05);
    }
  });

  test('a better level never speaks less for a match, whatever the answers', () => {
    const level = fc.constantFrom<MatchLevel>('exact', 'strong', 'close', 'weak', 'different', 'missing');
    const pattern = fc.record({
      name: level,
      words: level,
      phone: level,
      domain: level,
      same: fc.nat(20),
      different: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 30 }), (patterns) => {
        const labelled = patterns.map(({ same, different, ...given }) => ({
          levels: levels(given),
          same,
          different,
        }));
        const model = fitByLabels(
          labelled.filter((one) => one.same + one.different > 0),
          defaultModel,
        );
        const tables = [
          ...singleFields.map((field) => model.weights[field]),
          ...evidenceLevels.map((name) => model.words[name]),
        ];
        for (const table of tables) {
          const bits = evidenceLevels.map((one) => table[one]);
          expect(bits.every((one, at) => at === 0 || one <= (bits[at - 1] ?? 0) + 1e-9)).toBe(true);
        }
        expect(matchModelSchema.safeParse(model).success).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('the calibration never falls and is never certain', () => {
    const points = calibrate(simulated(), defaultModel);
    expect(
      points.every(
        ([x, y], at) =>
          at === 0 || (x > (points[at - 1]?.[0] ?? 0) && y >= (points[at - 1]?.[1] ?? 0) - 1e-3),
      ),
    ).toBe(true);
    expect(points.every(([, y]) => y > 0 && y < 1)).toBe(true);
  });
});

test('a probability lies on the line between the points of the calibration, and flat beyond them', () => {
  const points = [
    [-2, 0.1],
    [2, 0.9],
  ] as const;
  expect([-9, -2, 0, 2, 9].map((bits) => calibrated(points, bits))).toEqual([0.1, 0.1, 0.5, 0.9, 0.9]);
});

test('the nearest rising steps pool what falls, and what lies on one spot', () => {
  const steps = isotonicSteps([1, 3, 2, 4, 4].map((y, x) => ({ x, y, weight: 1 })));
  expect(steps.map(({ from, to, y }) => [from, to, y])).toEqual([
    [0, 0, 1],
    [1, 2, 2.5],
    [3, 4, 4],
  ]);
});

test('linear equations are solved to the last digit, and those that have no one answer are refused', () => {
  const solved = solve(
    [
      [4, 1],
      [1, 3],
    ],
    [1, 2],
  );
  expect(solved[0]).toBeCloseTo(1 / 11, 12);
  expect(solved[1]).toBeCloseTo(7 / 11, 12);
  expect(() =>
    solve(
      [
        [1, 1],
        [1, 1],
      ],
      [1, 1],
    ),
  ).toThrow(RangeError);
});
