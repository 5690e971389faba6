import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isotonicSteps } from '#src/domain/matching/learning/isotonic.ts';
import { matchQuality, type ComparedPair } from '#src/domain/matching/learning/match-quality.ts';
import { reliability } from '#src/domain/matching/learning/reliability.ts';
import { solve } from '#src/domain/matching/learning/solve.ts';
import { wilson } from '#src/domain/matching/learning/wilson.ts';
import { isSampled } from '#src/domain/matching/sample.ts';

describe('linear equations', () => {
  test('are solved for any symmetric positive definite matrix, and neither argument is changed', () => {
    const size = 5;
    const numbers = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: size, maxLength: size });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: size, maxLength: size }), numbers, (rows, solution) => {
        const times = (line: readonly number[], other: readonly number[]) =>
          line.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
        // A matrix times its transpose, with something added on the diagonal, is positive definite.
        const matrix = rows.map((line, row) =>
          rows.map((other, column) => times(line, other) + (row === column ? 1 : 0)),
        );
        const right = matrix.map((line) => times(line, solution));
        const before = structuredClone([matrix, right]);
        const found = solve(matrix, right);
        expect([matrix, right]).toEqual(before);
        expect(found).toHaveLength(size);
        for (const [at, value] of found.entries()) expect(value).toBeCloseTo(solution[at] ?? 0, 6);
      }),
      { numRuns: 30 },
    );
  });

  test('have no solution for a matrix that is not positive definite', () => {
    expect(() => solve([[0]], [1])).toThrow(new RangeError('the matrix is not positive definite'));
    expect(() => solve([[-1]], [1])).toThrow(RangeError);
    expect(solve([], [])).toEqual([]);
  });
});

test.each([
  [0.8, 10, 0.490162, 0.943318],
  [0.5, 100, 0.403832, 0.596168],
  [0, 10, 0, 0.277533],
  [1, 10, 0.722467, 1],
])('the interval of a share of %f in %i answers is from %f to %f', (share, answers, low, high) => {
  const interval = wilson(share, answers);
  expect(interval.low).toBeCloseTo(low, 6);
  expect(interval.high).toBeCloseTo(high, 6);
});

describe('non-decreasing steps', () => {
  const steps = (...observations: (readonly [x: number, y: number, weight: number])[]) =>
    isotonicSteps(observations.map(([x, y, weight]) => ({ x, y, weight })));

  test('contain observations that already rise, in the order of x', () => {
    expect(steps([2, 0.5, 3], [1, 0.25, 1])).toEqual([
      { from: 1, to: 1, x: 1, y: 0.25, weight: 1 },
      { from: 2, to: 2, x: 2, y: 0.5, weight: 3 },
    ]);
  });

  test('pool falling and equal observations by weight', () => {
    expect(steps([0, 0.75, 1], [4, 0.25, 3])).toEqual([{ from: 0, to: 4, x: 3, y: 0.375, weight: 4 }]);
    expect(steps([0, 0.5, 1], [2, 0.5, 1])).toEqual([{ from: 0, to: 2, x: 1, y: 0.5, weight: 2 }]);
  });

  test('pool observations at the same x, even if they rise', () => {
    expect(steps([1, 0, 1], [1, 1, 1])).toEqual([{ from: 1, to: 1, x: 1, y: 0.5, weight: 2 }]);
  });

  test('pool with as many earlier steps as needed', () => {
    expect(steps([0, 0.5, 1], [1, 0.75, 1], [2, 0.25, 2])).toEqual([
      { from: 0, to: 2, x: 1.25, y: 0.4375, weight: 4 },
    ]);
    expect(steps()).toEqual([]);
  });
});

describe('reliability', () => {
  const pair = (probability: number, same: boolean, weight = 1) => ({ probability, same, weight });

  test('has ten ascending bins of equal width, without those that have no answers', () => {
    const { bins } = reliability([
      pair(1, true),
      pair(0.95, false),
      pair(0, false),
      pair(0.1, true),
      pair(0.19, false),
    ]);
    expect(bins.map(({ answers, actual }) => [answers, actual])).toEqual([
      [1, 0],
      [2, 0.5],
      [2, 0.5],
    ]);
    expect(bins.map(({ predicted }) => predicted.toFixed(3))).toEqual(['0.000', '0.145', '0.975']);
  });

  test('weights each pair by the number of pairs it represents', () => {
    const { error, bins } = reliability([pair(0.5, true, 3), pair(0.5, false, 1), pair(0.25, false, 4)]);
    expect(bins).toEqual([
      { predicted: 0.25, actual: 0, weight: 4, answers: 1 },
      { predicted: 0.5, actual: 0.75, weight: 4, answers: 2 },
    ]);
    expect(error).toBe(0.25);
  });

  test('has no error without answers', () => {
    expect(reliability([])).toEqual({ error: 0, bins: [] });
  });
});

describe('the quality of matching', () => {
  const pairs = (count: number, part: Partial<ComparedPair>, from = 0): ComparedPair[] =>
    Array.from({ length: count }, (_, at) => ({
      registrationId: `r-${from + at}`,
      origin: 'alert',
      probability: 0.75,
      weight: 1,
      answer: 'same',
      ...part,
    }));
  const rounded = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_key, each: unknown) =>
      typeof each === 'number' ? Number(each.toFixed(4)) : each,
    );

  test('has all figures with enough answers', () => {
    const all = [
      ...pairs(12, {}),
      ...pairs(4, { answer: 'related' }, 12),
      ...pairs(4, { answer: 'different' }, 16),
      // A second alert of a registration that has one already.
      ...pairs(4, { answer: 'different' }, 0),
      ...pairs(3, { answer: null }, 50),
      ...pairs(2, { origin: 'sample', probability: 0.25, weight: 10 }, 100),
      ...pairs(18, { origin: 'sample', probability: 0.25, weight: 10, answer: 'different' }, 102),
      ...pairs(5, { origin: 'sample', probability: 0.25, weight: 10, answer: null }, 120),
    ];
    expect(rounded(matchQuality(all, 40))).toEqual({
      alerts: 40,
      answeredAlerts: 24,
      sampledClear: 25,
      answeredClear: 20,
      precision: { value: 0.6667, low: 0.4671, high: 0.8203 },
      // 32 of the 40 with an alert are in conflict; of the 250 without one, 25 are.
      recall: { value: 0.5614, low: 0.2369, high: 0.8407 },
      missed: 25,
      calibration: {
        error: 0.1371,
        bins: [
          { predicted: 0.25, actual: 0.1, weight: 200, answers: 20 },
          { predicted: 0.75, actual: 0.6667, weight: 48, answers: 24 },
        ],
      },
    });
  });

  test('has figures with 20 answers but not with 19', () => {
    const sample = { origin: 'sample', answer: 'different' } as const;
    expect(matchQuality(pairs(19, {}), 19)).toMatchObject({
      precision: null,
      recall: null,
      calibration: null,
    });
    expect(matchQuality(pairs(19, sample), 0)).toMatchObject({ missed: null, calibration: null });
    const enough = matchQuality([...pairs(20, {}), ...pairs(20, sample, 20)], 20);
    expect([enough.precision?.value, enough.recall?.value, enough.missed]).toEqual([1, 1, 0]);
    const together = matchQuality([...pairs(10, {}), ...pairs(10, sample, 10)], 10);
    expect([together.precision, together.calibration?.bins.length]).toEqual([null, 1]);
  });

  test('counts a registration once, for any number of alerts', () => {
    const twice = [...pairs(10, {}), ...pairs(10, {})];
    const { precision, recall } = matchQuality(
      [...twice, ...pairs(20, { origin: 'sample', answer: 'different' })],
      10,
    );
    expect([precision?.value, recall]).toEqual([1, null]);
  });

  test('has no recall without conflicts', () => {
    const none = { answer: 'different' } as const;
    const found = matchQuality([...pairs(20, none), ...pairs(20, { ...none, origin: 'sample' }, 20)], 20);
    expect([found.recall, found.missed, found.precision?.value]).toEqual([null, 0, 0]);
  });

  test('weights the answers of a sample with a changed share', () => {
    const mixed = [
      ...pairs(10, { origin: 'sample', weight: 10 }),
      ...pairs(10, { origin: 'sample', weight: 30, answer: 'different' }, 10),
    ];
    const found = matchQuality([...mixed, ...pairs(20, {}, 20)], 20);
    expect(rounded([found.missed, found.recall])).toEqual([
      100,
      { value: 0.1667, low: 0.0781, high: 0.3293 },
    ]);
  });

  test('weights an answered alert as one if all are answered', () => {
    const { calibration } = matchQuality(pairs(20, {}), 5);
    expect(calibration?.bins).toEqual([{ predicted: 0.75, actual: 1, weight: 20, answers: 20 }]);
  });
});

test('a record is in every sample with a share above the number drawn for its id', () => {
  // The first four bytes of the SHA-256 of `match sample r-1`, as a part of one.
  const drawn = 0x52_aa_9c_b7 / 2 ** 32;
  expect([isSampled('r-1', drawn), isSampled('r-1', drawn + 1e-9)]).toEqual([false, true]);
});
