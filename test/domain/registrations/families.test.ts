import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import { brief, decide, decideWith, opportunity, registration } from './registration-builders.ts';

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
    expect(relateFamilies(left, right, [])).toBe(relation);
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
    expect(relateFamilies(left, right, declared)).toBe(relation);
  });

  test('stand to each other in the same way from both sides', () => {
    const family = fc.option(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(family, family, fc.constantFrom([], declared, ['a/b', 'a/c']), (left, right, tree) => {
        expect(relateFamilies(left, right, tree)).toBe(relateFamilies(right, left, tree));
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
    ['an earlier claim', registration(analytics), 'earlier_claim note'],
    ['a later claim that was approved', registration({ ...later, ...analytics }), 'later_claim note'],
    ['a deal of our own', opportunity(analytics), 'direct_opportunity note'],
  ])(
    'that has nothing to do with the claim’s lets %s stand beside it, and says so',
    (_case, rival, finding) => {
      const decision = decide(rival);
      expect(brief(decision)).toEqual(['approve', finding]);
      expect(decision.findings[0]?.says).toContain('other product family Analytics');
      expect(decision.findings[0]?.tells).toContain('other product family, domain identical');
    },
  );

  test('does not matter to a programme that protects customers', () => {
    const policy = { conflictScope: 'customer' } as const;
    expect(brief(decideWith({ policy }, registration(analytics)))).toEqual([
      'review',
      'earlier_claim review',
    ]);
    expect(brief(decideWith({ policy }, registration({ ...later, ...analytics })))).toEqual([
      'review',
      'later_claim review',
    ]);
    expect(brief(decideWith({ policy }, opportunity(analytics)))).toEqual([
      'review',
      'direct_opportunity review',
    ]);
  });

  test.each([
    ['Platform / Search', 'overlapping product family'],
    [null, 'domain identical'],
  ])('%j beside Platform needs a person, who reads why', (productFamily, words) => {
    const decision = decide(registration({ productFamily }));
    expect(brief(decision)).toEqual(['review', 'earlier_claim review']);
    expect(decision.findings[0]?.says).toContain(words);
  });

  test('beside one of the same kind needs a person, who reads that they are related', () => {
    const decision = decideWith(
      { claim: { productFamily: 'Platform / Search' } },
      registration({ productFamily: 'Platform / Analytics' }),
    );
    expect(brief(decision)).toEqual(['review', 'earlier_claim review']);
    expect(decision.findings[0]?.says).toContain('related product family Platform / Analytics');
    expect(decision.reason).toBe(
      'Same customer as an earlier registration of another partner (related product family, domain identical).',
    );
  });
});
