import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchFields, matchLevels, type MatchField, type MatchLevel } from '#src/domain/matching/company.ts';
import { compareCompanies } from '#src/domain/matching/compare.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { countPatterns, mergedPatterns } from '#src/domain/matching/learning/patterns.ts';
import type { Levels } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';

const anyLevels = fc.record(
  Object.fromEntries(matchFields.map((field) => [field, fc.constantFrom(...matchLevels)])) as Record<
    MatchField,
    fc.Arbitrary<MatchLevel>
  >,
);
const one = (levels: Levels, same: number, different: number) => ({ levels, same, different });

describe('patterns of comparisons', () => {
  test('are merged if every field has the same level, and their counts are added', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => {
        expect(mergedPatterns([[one(levels, 1, 2)], [one({ ...levels }, 30, 40)]])).toEqual([
          one(levels, 31, 42),
        ]);
      }),
    );
  });

  test('stay separate if one field has another level', () => {
    fc.assert(
      fc.property(
        anyLevels,
        fc.constantFrom(...matchFields),
        fc.constantFrom(...matchLevels),
        (levels, field, level) => {
          fc.pre(levels[field] !== level);
          const both = [one(levels, 1, 2), one({ ...levels, [field]: level }, 3, 4)];
          expect(mergedPatterns([both])).toEqual(both);
        },
      ),
    );
  });

  test('are counted by level and by whether the pair is the same company', () => {
    const companies = [
      { name: 'Acme 4', domain: 'acme.com', phone: '+49 89 63600', street: '12 Main St', postcode: '80331' },
      {
        name: 'Acme',
        domain: 'acme.de',
        phone: '089 63600',
        street: '14 Main St',
        postcode: '80399',
        country: 'DE',
      },
      {
        name: 'Coyote 5',
        domain: 'coyote.com',
        city: 'Munich',
        country: 'DE',
        registryIds: { duns: '150483782' },
      },
      {
        name: 'Coyotte',
        email: 'a@coyote.com',
        city: 'Berlin',
        country: 'US',
        registryIds: { duns: '150483783' },
      },
    ].map(normaliseCompany);
    const counter = countPatterns(defaultModel.terms);
    const expected = new Map<string, { same: number; different: number }>();
    for (const left of companies) {
      for (const right of companies) {
        const isSame = left.core.slice(0, 4) === right.core.slice(0, 4);
        counter.add(left, right, isSame);
        const { names: _, ...levels } = compareCompanies(
          prepareCompany(left, defaultModel.terms),
          prepareCompany(right, defaultModel.terms),
        );
        const key = matchFields.map((field) => levels[field]).join(' ');
        const known = expected.get(key) ?? { same: 0, different: 0 };
        expected.set(key, {
          same: known.same + (isSame ? 1 : 0),
          different: known.different + (isSame ? 0 : 1),
        });
      }
    }
    const counted = counter
      .labelled()
      .map(({ levels, same, different }): [string, object] => [
        matchFields.map((field) => levels[field]).join(' '),
        { same, different },
      ]);
    expect(new Map(counted)).toEqual(expected);
    expect(counted.length).toBeGreaterThan(6);
  });
});
