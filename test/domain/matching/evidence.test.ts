import { describe, expect, test } from 'vitest';
import {
  matchFields,
  type CompanyMatch,
  type MatchLevel,
  type NormalisedCompany,
} from '#src/domain/matching/company.ts';
import type { Comparison } from '#src/domain/matching/compare.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { cleanIf, gradeOf, redacted } from '#src/domain/matching/explain.ts';
import { bitsOf, calibrated, matchModelSchema, weightOf, type Levels } from '#src/domain/matching/model.ts';
import { matchCompanies, verdictOf } from '#src/domain/matching/score.ts';

const company = (parts: Partial<NormalisedCompany>): NormalisedCompany => ({
  core: 'zubrowka',
  tokens: ['zubrowka'],
  legalForm: null,
  domain: null,
  country: null,
  ...parts,
});
const match = (left: Partial<NormalisedCompany>, right: Partial<NormalisedCompany>): CompanyMatch =>
  matchCompanies(company(left), company(right));
const missing = Object.fromEntries(matchFields.map((field) => [field, 'missing'])) as unknown as Levels;

describe('the evidence of a match', () => {
  test('shows the compared values of every field that both have, in a fixed order', () => {
    const whole = {
      phone: '+498963600',
      house: '12',
      street: 'oak',
      postcode: '80331',
      city: 'munich',
    } as const;
    const left = { ...whole, core: 'zubrowka fund 3', domain: 'a.com', country: 'DE', vat: 'DE1' };
    const right = {
      ...whole,
      core: 'zubrowka fund 4',
      domain: 'b.com',
      country: 'US',
      vat: 'DE2',
      house: '14',
    };
    const { evidence } = match(left, { ...right, phone: '+498963699', postcode: '80399', city: 'bern' });
    expect(evidence.map(({ field, left: a, right: b, level }) => [field, a, b, level])).toEqual([
      ['registry_id', 'DE1', 'DE2', 'different'],
      ['domain', 'a.com', 'b.com', 'different'],
      ['phone', '+498963600', '+498963699', 'close'],
      ['name', 'zubrowka fund 3', 'zubrowka fund 4', 'weak'],
      ['words', 'zubrowka fund 3', 'zubrowka fund 4', 'exact'],
      ['numbers', '3', '4', 'different'],
      ['address', '12 oak', '14 oak', 'close'],
      ['postcode', '80331', '80399', 'close'],
      ['city', 'munich', 'bern', 'different'],
      ['country', 'DE', 'US', 'different'],
    ]);
  });

  test('shows name, domain and country even if they are missing, and no other missing field', () => {
    const { evidence } = match({ core: '★', phone: '+498963600' }, { core: '★', city: 'bern', lei: 'A' });
    expect(evidence).toEqual([
      { field: 'domain', left: null, right: null, level: 'missing', bits: 0, weight: 0 },
      { field: 'name', left: '★', right: '★', level: 'missing', bits: 0, weight: 0 },
      { field: 'country', left: null, right: null, level: 'missing', bits: 0, weight: 0 },
    ]);
  });

  test('has the exact bits of each field, and the bits to one decimal', () => {
    const model = {
      ...defaultModel,
      weights: { ...defaultModel.weights, city: { ...defaultModel.weights.city, exact: 1.26 } },
    };
    const { evidence } = matchCompanies(company({ city: 'bern' }), company({ city: 'bern' }), model);
    expect(evidence.find(({ field }) => field === 'city')).toMatchObject({ bits: 1.26, weight: 1.3 });
  });

  test.each<[string, Partial<NormalisedCompany>, Partial<NormalisedCompany>, readonly (string | null)[]]>([
    [
      'the ids that agree',
      { vat: 'DE1', lei: 'A', duns: '1' },
      { vat: 'DE2', lei: 'B', duns: '1' },
      ['1', '1'],
    ],
    ['the first ids that differ', { lei: 'A', duns: '1' }, { lei: 'B', duns: '2' }, ['A', 'B']],
    ['ids of a kind that both have', { vat: 'DE1', duns: '1' }, { lei: 'B', duns: '2' }, ['1', '2']],
  ])('shows of registry ids %s', (_case, left, right, values) => {
    const found = match(left, right).evidence.find(({ field }) => field === 'registry_id');
    expect([found?.left, found?.right]).toEqual(values);
  });

  test.each<[string, Partial<NormalisedCompany>, Partial<NormalisedCompany>, readonly (string | null)[]]>([
    ['both, where they differ', { domain: 'a.com' }, { domain: 'b.com' }, ['a.com', 'b.com']],
    ['what there is, where one is missing', { domain: 'a.com' }, {}, ['a.com', null]],
    [
      'the mail domain that agrees',
      { domain: 'a.com', mailDomain: 'b.com' },
      { domain: 'b.com' },
      ['b.com', 'b.com'],
    ],
    [
      'the website that agrees',
      { domain: 'a.com' },
      { domain: 'b.com', mailDomain: 'a.com' },
      ['a.com', 'a.com'],
    ],
    [
      'the mail domain of both',
      { domain: 'a.com', mailDomain: 'c.com' },
      { domain: 'b.com', mailDomain: 'c.com' },
      ['c.com', 'c.com'],
    ],
    [
      'the name that the domain spells',
      { domain: 'zubrowka.com', core: 'acme' },
      { core: 'zubrowka' },
      ['zubrowka.com', 'zubrowka'],
    ],
    [
      'the name that the domain of the other side spells',
      { core: 'zubrowka' },
      { domain: 'zubrowka.com', core: 'acme' },
      ['zubrowka', 'zubrowka.com'],
    ],
  ])('shows of domains %s', (_case, left, right, values) => {
    const found = match(left, right).evidence.find(({ field }) => field === 'domain');
    expect([found?.left, found?.right]).toEqual(values);
  });
});

describe('a verdict', () => {
  const verdict = (levels: Partial<Levels>, bits: number) =>
    verdictOf({ ...missing, ...levels } as unknown as Comparison, bits, defaultModel);

  test('changes at the thresholds of the model, both included', () => {
    expect([2.999, 3].map((bits) => verdict({}, bits))).toEqual(['related', 'same']);
    expect([-0.001, 0].map((bits) => verdict({}, bits))).toEqual(['different', 'related']);
  });

  test.each<[string, Partial<Levels>, string]>([
    ['another number in the name', { numbers: 'different', domain: 'exact' }, 'related'],
    ['another registry id', { registry_id: 'different', domain: 'exact' }, 'related'],
    ['a name for a part of the group', { name: 'close' }, 'related'],
    ['another country', { country: 'different' }, 'related'],
    ['another website', { domain: 'different' }, 'related'],
    ['a part of the group with one registry id', { name: 'close', registry_id: 'exact' }, 'same'],
    ['another country with one website', { country: 'different', domain: 'exact' }, 'same'],
    ['another country with a mailbox there', { country: 'different', domain: 'strong' }, 'same'],
    ['another country with one label', { country: 'different', domain: 'close' }, 'related'],
    ['another website with one registry id', { domain: 'different', registry_id: 'exact' }, 'same'],
    ['nothing that objects', { name: 'exact', country: 'exact' }, 'same'],
  ])('with %s is %s, for any other evidence', (_case, levels, expected) => {
    expect(verdict(levels, 99)).toBe(expected);
  });

  test('is related if only the domain speaks for it, and the same customer if other fields do as well', () => {
    const levels = { name: 'different', domain: 'exact' } as const;
    expect(verdict(levels, 99)).toBe('related');
    expect(verdict({ ...levels, postcode: 'exact', city: 'exact', country: 'exact' }, 99)).toBe('related');
    expect(verdict({ ...levels, phone: 'exact' }, 99)).toBe('same');
    expect(verdict({ ...levels, address: 'strong' }, 99)).toBe('same');
    expect(verdict({ ...levels, registry_id: 'exact' }, 99)).toBe('same');
  });

  test.each<[string, Partial<NormalisedCompany>, Partial<NormalisedCompany>, string, number]>([
    [
      'stays below 0.9 for a sure match with an objection',
      { domain: 'a.com', core: 'acme 4' },
      { domain: 'a.com', core: 'acme 5' },
      'related',
      0.89,
    ],
    ['is the probability of an unlikely match', { core: 'acme' }, { core: 'zubrowka' }, 'different', 0.002],
  ])('has a score that %s', (_case, left, right, expected, score) => {
    const found = match(left, right);
    expect(found.verdict).toBe(expected);
    expect(found.score).toBeCloseTo(score, 2);
  });
});

describe('a model', () => {
  test('adds up the bits of all levels and the prior', () => {
    const { weights, words, priorBits } = defaultModel;
    const levels: Levels = { ...missing, name: 'strong', words: 'close', city: 'weak', domain: 'exact' };
    expect(bitsOf(levels, defaultModel)).toBe(
      priorBits + weights.domain.exact + weights.name.strong + words.strong.close + weights.city.weak,
    );
    expect(bitsOf(missing, defaultModel)).toBe(priorBits);
    expect(weightOf(defaultModel, 'words', { ...missing, words: 'exact' })).toBe(0);
  });

  test('is constant outside its calibration, linear within it, and needs at least one point', () => {
    const points = [
      [0, 0.25],
      [2, 0.5],
      [4, 1],
    ] as const;
    expect([-1, 0, 1, 2, 3, 4, 5].map((bits) => calibrated(points, bits))).toEqual([
      0.25, 0.25, 0.375, 0.5, 0.75, 1, 1,
    ]);
    expect([-5, 5].map((bits) => calibrated([[0, 0.5]], bits))).toEqual([0.5, 0.5]);
    expect([-5, 5].map((bits) => calibrated([], bits))).toEqual([0, 0]);
    expect(matchModelSchema.safeParse({ ...defaultModel, calibration: [] }).success).toBe(false);
  });

  test.each([
    [{ calibration: [[0, 1]] }, true],
    [{ calibration: [[0, 0]] }, true],
    [{ calibration: [[0, 1.01]] }, false],
    [{ calibration: [[0, -0.01]] }, false],
    [{ terms: { names: 0, counts: {} } }, false],
    [{ terms: { names: 1, counts: {} } }, true],
    [{ words: { exact: defaultModel.words.exact } }, false],
  ])('with %j is valid: %s', (part, expected) => {
    expect(matchModelSchema.safeParse({ ...defaultModel, ...part }).success).toBe(expected);
  });
});

describe('an explanation', () => {
  test('has a letter for each level', () => {
    const levels: MatchLevel[] = ['exact', 'strong', 'close', 'weak', 'different', 'missing'];
    const grade = gradeOf((field) => levels[matchFields.indexOf(field) % 6] ?? 'missing');
    expect(grade).toBe('ABCDFZABCD');
  });

  test('lists for each supporting field the difference that would prevent the match', () => {
    const evidence = matchFields.map((field, at) => ({
      field,
      left: at === 0 ? null : 'x',
      right: at === 1 ? null : at === 2 ? 'x' : 'y',
      level: 'exact' as const,
      bits: 10 - at * 0.5,
      weight: 0,
    }));
    const found: CompanyMatch = {
      ...match({}, {}),
      verdict: 'related',
      bits: 9,
      evidence: evidence.toReversed(),
    };
    expect(cleanIf(found)).toEqual([
      'No match if the registry id were different: none and y.',
      'No match if the domain were different: x and none.',
      'No match if the phone number were different, together with other fields: both have x.',
      'No match if the name were different, together with other fields: x and y.',
      'No match if the words they share were different, together with other fields: x and y.',
      'No match if the number in the name were different, together with other fields: x and y.',
      'No match if the address were different, together with other fields: x and y.',
      'No match if the postcode were different, together with other fields: x and y.',
      'No match if the city were different, together with other fields: x and y.',
      'No match if the country were different, together with other fields: x and y.',
    ]);
    const faint = evidence.map((one, at) => ({ ...one, bits: at === 0 ? 1 : 0.99 }));
    expect(cleanIf({ ...found, bits: 1, evidence: faint })).toHaveLength(1);
    expect(cleanIf({ ...found, verdict: 'different' })).toEqual([]);
  });

  test('shows a partner only the fields that matched', () => {
    const levels: MatchLevel[] = ['exact', 'missing', 'different', 'weak', 'close', 'strong'];
    const evidence = levels.map((level, at) => ({
      field: matchFields[at] ?? 'name',
      left: 'secret',
      right: 'secret',
      level,
      bits: 1,
      weight: 1,
    }));
    expect(redacted({ ...match({}, {}), verdict: 'related', evidence })).toEqual({
      verdict: 'related',
      fields: [
        { field: 'registry_id', level: 'exact' },
        { field: 'name', level: 'weak' },
        { field: 'words', level: 'close' },
        { field: 'numbers', level: 'strong' },
      ],
    });
  });
});
