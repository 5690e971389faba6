import { describe, expect, test } from 'vitest';
import { matchFields, type MatchField, type MatchLevel } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { fitByExpectation } from '#src/domain/matching/learning/fit-em.ts';
import { calibrate, fitByLabels } from '#src/domain/matching/learning/fit-labels.ts';
import type { LabelledPattern, PatternCounts } from '#src/domain/matching/learning/patterns.ts';
import type { Levels, MatchModel } from '#src/domain/matching/model.ts';

const letters: Readonly<Record<string, MatchLevel>> = {
  A: 'exact',
  B: 'strong',
  C: 'close',
  D: 'weak',
  F: 'different',
  Z: 'missing',
};

/**
 * A grade has one letter for each field in their order: registry id, domain, phone, name, words and so on.
 */
function pattern(grade: string, same: number, different: number): LabelledPattern {
  const levels = Object.fromEntries(
    matchFields.map((field, at): [MatchField, MatchLevel] => [field, letters[grade[at] ?? ''] ?? 'missing']),
  ) as Levels;
  return { levels, same, different };
}

const answered: readonly LabelledPattern[] = [
  pattern('AAAAAZAAAA', 40, 0),
  pattern('ZABAAAABAA', 60, 1),
  pattern('ZCACBZBCCA', 35, 4),
  pattern('FADBCFCAFF', 8, 9),
  pattern('ZZABBZAAAZ', 50, 2),
  pattern('ZFFCCZDCAA', 7, 41),
  pattern('ZDZDDZFFBA', 3, 22),
  pattern('ZFFDFZFFFF', 1, 160),
  pattern('FFFFDFFFFF', 0, 120),
  pattern('ZZFFFZZFFA', 2, 210),
  pattern('ZBCAZZCBBA', 31, 3),
  pattern('ZFZFCZBACA', 4, 33),
];

const counts = (patterns: readonly LabelledPattern[]): PatternCounts => ({
  patterns: patterns.map(({ levels, same, different }) => ({ levels, count: same + different })),
  pairs: patterns.reduce((sum, { same, different }) => sum + same + different, 0),
});

/**
 * The bits of a model to three decimals: a line for each field and for the words under each level of the
 * name.
 */
function linesOf({ priorBits, weights, words }: MatchModel): readonly string[] {
  const lines = Object.entries({ ...weights, ...words }).map(
    ([name, levels]) =>
      `${name} ${Object.values(levels)
        .map((bits) => bits.toFixed(3))
        .join(' ')}`,
  );
  return [`prior ${priorBits.toFixed(3)}`, ...lines];
}

describe('the same data give the same model', () => {
  test('from answers', () => {
    const model = fitByLabels(answered, defaultModel);
    expect(linesOf(model)).toEqual([
      'prior -7.285',
      'registry_id 16.000 0.000 0.000 0.000 -8.191',
      'domain 13.426 9.805 6.102 6.102 -0.819',
      'phone 4.257 4.257 2.805 0.809 0.780',
      'name 3.697 3.697 3.052 2.772 -1.464',
      'numbers -0.862 -0.862 -0.862 -0.862 -8.191',
      'address 3.541 2.616 1.070 1.070 -1.728',
      'postcode 3.452 -0.414 -0.414 -0.414 -0.414',
      'city 0.427 0.427 0.427 0.427 0.427',
      'country -1.332 -1.332 -1.332 -1.332 -1.332',
      'exact 1.119 1.119 0.500 0.000 0.000',
      'strong 2.000 -0.230 -0.230 -1.000 -1.500',
      'close 2.500 0.458 0.458 -0.500 -1.500',
      'weak 2.500 1.500 0.000 -0.736 -0.992',
      'different 2.000 1.610 1.610 0.277 0.277',
    ]);
    expect(model.calibration.map((point) => point.map((value) => value.toFixed(4)).join(' '))).toEqual([
      '-27.9403 0.0041',
      '-8.8309 0.0094',
      '-3.5115 0.1337',
      '-2.2566 0.2674',
      '8.1132 0.9246',
      '16.5727 0.9758',
      '37.3007 0.9878',
    ]);
  });

  test('without answers, from pairs that share a phone number or a domain', () => {
    const blocked = (field: MatchField) => ({
      counts: counts(answered.filter(({ levels }) => ['exact', 'strong', 'close'].includes(levels[field]))),
      leftOut: [field],
    });
    const model = fitByExpectation([blocked('phone'), blocked('domain')], counts(answered), defaultModel);
    expect(linesOf(model)).toEqual([
      'prior -1.814',
      'registry_id 8.055 1.715 1.715 1.715 -6.389',
      'domain 4.245 7.817 -4.595 -3.964 -7.809',
      'phone 2.160 9.067 8.233 -3.005 -7.956',
      'numbers 0.500 0.000 0.000 0.000 -9.000',
      'address 9.454 -5.799 2.438 -5.141 -7.801',
      'postcode 2.304 9.593 -5.435 2.016 -8.002',
      'city 3.411 2.452 -5.242 2.016 -7.980',
      'country 0.851 2.266 2.266 2.266 -6.955',
      'name 1.950 7.695 -4.354 1.950 1.950',
      'exact 7.665 0.000 0.000 0.000 0.000',
      'strong -5.745 0.000 -10.874 -5.745 -5.745',
      'close 6.304 0.000 -0.296 6.304 6.304',
      'weak 0.000 0.000 0.000 -5.672 -8.335',
      'different 0.000 0.000 -6.229 -7.913 -8.731',
    ]);
    expect([model.version, model.calibration, model.terms]).toEqual([
      defaultModel.version,
      defaultModel.calibration,
      defaultModel.terms,
    ]);
  });
});

describe('a calibration', () => {
  const calibrated = (...patterns: LabelledPattern[]) =>
    calibrate(patterns, defaultModel).map((point) => point.map((value) => Number(value.toFixed(4))));
  // The bits of the default model: the prior is -4, a domain 14, 12, 9, 6 or -4.
  const domain = (level: string, same: number, different: number) =>
    pattern(`Z${level}ZZZZZZZZ`, same, different);

  test('joins steps of fewer than 30 pairs to the next one, the last to the one before', () => {
    expect(calibrated(domain('F', 0, 29), domain('D', 1, 0), domain('A', 30, 0))).toEqual([
      [-7.6667, 0.0484],
      [10, 0.9839],
    ]);
    expect(calibrated(domain('F', 0, 30), domain('D', 10, 10))).toEqual([[-4, 0.2059]]);
    expect(calibrated(domain('D', 1, 1))).toEqual([[2, 0.5]]);
    expect(calibrated()).toEqual([]);
  });

  test('adds half a pair to each side, so that no probability is 0 or 1', () => {
    expect(calibrated(domain('F', 0, 39), domain('A', 39, 0))).toEqual([
      [-8, 0.0125],
      [10, 0.9875],
    ]);
  });
});
