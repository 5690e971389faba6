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
 * Pairs whose phone, address and name agree independently: in 90 of 100 pairs of the same company, in few
 * others.
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
  test('the weights and the share of matches that generated the data are found', () => {
    const counts = unlabelled(simulated());
    const model = fitByExpectation([{ counts, leftOut: [] }], counts, defaultModel);
    expect(model.priorBits).toBeCloseTo(Math.log2(0.1 / 0.9), 0);
    expect(model.weights.phone.exact).toBeCloseTo(Math.log2(0.9 / 0.01), 0);
    expect(model.weights.address.exact).toBeCloseTo(Math.log2(0.9 / 0.02), 0);
    expect(model.weights.phone.different).toBeCloseTo(Math.log2(0.1 / 0.99), 0);
    expect(model.weights.name.exact).toBeCloseTo(Math.log2(0.8 / 0.05), 0);
  });

  test('weights that the data cannot show stay unchanged', () => {
    const counts = unlabelled(simulated());
    expect(fitByExpectation([{ counts, leftOut: [] }], counts, defaultModel).weights.domain).toEqual(
      defaultModel.weights.domain,
    );
    // Sites of one organisation: a match may have another number.
    const sites = unlabelled(
      simulated().flatMap((one) =>
        (['exact', 'different'] as const).map((numbers) => ({ ...one, levels: { ...one.levels, numbers } })),
      ),
    );
    expect(fitByExpectation([{ counts: sites, leftOut: [] }], sites, defaultModel).weights.numbers).toEqual(
      defaultModel.weights.numbers,
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
  test('no answers leave the weights unchanged', () => {
    expect(fitByLabels([], defaultModel)).toBe(defaultModel);
  });

  test('many answers outweigh the prior, and the sums are calibrated', () => {
    const labelled = simulated();
    const model = fitByLabels(labelled, defaultModel);
    for (const one of labelled) {
      const share = one.same / (one.same + one.different);
      expect(Math.abs(1 / (1 + 2 ** -bitsOf(one.levels, model)) - share)).toBeLessThan(0.05);
    }
  });

  test('a better level never counts less for a match, for any answers', () => {
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

  test('the calibration never falls and never reaches 0 or 1', () => {
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

test('a probability is linear between the calibration points and constant outside them', () => {
  const points = [
    [-2, 0.1],
    [2, 0.9],
  ] as const;
  expect([-9, -2, 0, 2, 9].map((bits) => calibrated(points, bits))).toEqual([0.1, 0.1, 0.5, 0.9, 0.9]);
});

test('the closest non-decreasing steps pool falling and coinciding values', () => {
  const steps = isotonicSteps([1, 3, 2, 4, 4].map((y, x) => ({ x, y, weight: 1 })));
  expect(steps.map(({ from, to, y }) => [from, to, y])).toEqual([
    [0, 0, 1],
    [1, 2, 2.5],
    [3, 4, 4],
  ]);
});

test('linear equations are solved exactly, and equations without a unique solution are refused', () => {
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
