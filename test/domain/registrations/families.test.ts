import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import { defaultEngagement } from '#src/domain/program/engagement.ts';
import { currentRules } from '#src/domain/registrations/rules/rule.ts';
import { brief, decide, decideWith, opportunity, registration } from './registration-builders.ts';

const programOf = (productFamilies: readonly string[], version = currentRules) => ({
  policy: { ...defaultEngagement, productFamilies },
  version,
});

describe('two product families', () => {
  test.each([
    ['Network', 'network ', 'same'],
    ['Network / Switches', 'network > switches', 'same'],
    ['Network', 'Network / Switches', 'ancestor'],
    ['Network / Switches / L2', 'Network', 'ancestor'],
    ['Network / Switches', 'Network / Routers', 'sibling'],
    ['Network / Switches / L2', 'Network / Routers', 'sibling'],
    ['Network', 'Storage', 'disjoint'],
    ['Network / Switches', 'Storage / Switches', 'disjoint'],
    ['Network', null, 'unknown'],
    [' / ', 'Network', 'unknown'],
    [null, null, 'unknown'],
  ])('%j and %j, where the programme declares none, are %s', (left, right, relation) => {
    expect(relateFamilies(left, right, programOf([]))).toBe(relation);
  });

  test.each([
    ['Netwrok Security', 'Network Security', 'unknown'],
    ['Network Securty', 'Network Security', 'unknown'],
    ['Data Base', 'Database', 'unknown'],
    ['Network / Swithces', 'Network / Switches', 'unknown'],
    ['Routers', 'Router', 'unknown'],
    ['Cloud Backup', 'Clone Backup', 'disjoint'],
    ['Series 5', 'Series 6', 'disjoint'],
    ['Hardware', 'Software', 'disjoint'],
    ['Iaas', 'Paas', 'disjoint'],
  ])('%j may be a misspelt %j or is another product: %s', (left, right, relation) => {
    expect(relateFamilies(left, right, programOf([]))).toBe(relation);
    expect(relateFamilies(right, left, programOf([]))).toBe(relation);
  });

  test('that were compared by the first version of the rules are different when one is misspelt', () => {
    expect(relateFamilies('Netwrok Security', 'Network Security', programOf([], 1))).toBe('disjoint');
  });

  const declared = [
    'Network / Switches',
    'Network / Routers',
    'Storage / Arrays',
    'Storage / Spares',
    'Network / Spares',
  ];
  test.each([
    ['Switches', 'Routers', 'sibling'],
    ['Switches', 'Network', 'ancestor'],
    ['Switches', 'Network > Switches', 'same'],
    ['Switches', 'Arrays', 'disjoint'],
    ['Switches', 'Spares', 'unknown'],
    ['Switches', 'Swithces', 'unknown'],
    ['Swithces', 'swithces', 'same'],
  ])('%j and %j, where the programme declares a tree, are %s', (left, right, relation) => {
    expect(relateFamilies(left, right, programOf(declared))).toBe(relation);
  });

  test('relate in the same way from both sides', () => {
    const family = fc.option(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(family, family, fc.constantFrom([], declared, ['a/b', 'a/c']), (left, right, tree) => {
        const program = programOf(tree);
        expect(relateFamilies(left, right, program)).toBe(relateFamilies(right, left, program));
      }),
    );
  });
});

describe('the product family of a rival', () => {
  const analytics = { productFamily: 'Analytics' };
  const later: Partial<RegistrationRival> = {
    submittedAt: '2026-10-05T10:00:00Z',
    status: 'approved',
    protectedUntil: '2026-12-31',
  };

  test.each<[string, RegistrationRival | ReturnType<typeof opportunity>, string]>([
    ['an earlier registration', registration(analytics), 'earlier_registration note'],
    [
      'a later registration that was approved',
      registration({ ...later, ...analytics }),
      'later_registration note',
    ],
    ['an opportunity of our own', opportunity(analytics), 'direct_opportunity note'],
  ])('that is unrelated to the registration’s turns %s into a note that says so', (_case, rival, finding) => {
    const decision = decide(rival);
    expect(brief(decision)).toEqual(['approve', finding]);
    expect(decision.findings[0]?.message).toContain('different product family Analytics');
    expect(decision.findings[0]?.publicMessage).toContain('different product family, same domain');
  });

  test('does not matter in a programme that protects customers', () => {
    const policy = { conflictScope: 'customer' } as const;
    expect(brief(decideWith({ policy }, registration(analytics)))).toEqual([
      'review',
      'earlier_registration review',
    ]);
    expect(brief(decideWith({ policy }, registration({ ...later, ...analytics })))).toEqual([
      'review',
      'later_registration review',
    ]);
    expect(brief(decideWith({ policy }, opportunity(analytics)))).toEqual([
      'review',
      'direct_opportunity review',
    ]);
  });

  test.each([
    ['Platform / Search', 'overlapping product family'],
    [null, 'same domain'],
  ])('%j next to Platform needs a review that says why', (productFamily, phrase) => {
    const decision = decide(registration({ productFamily }));
    expect(brief(decision)).toEqual(['review', 'earlier_registration review']);
    expect(decision.findings[0]?.message).toContain(phrase);
  });

  test('that is a sibling needs a review that says they are related', () => {
    const decision = decideWith(
      { facts: { productFamily: 'Platform / Search' } },
      registration({ productFamily: 'Platform / Analytics' }),
    );
    expect(brief(decision)).toEqual(['review', 'earlier_registration review']);
    expect(decision.findings[0]?.message).toContain('related product family Platform / Analytics');
    expect(decision.reason).toBe(
      'Same customer as an earlier registration of another partner (related product family, same domain).',
    );
  });
});
