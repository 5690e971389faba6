import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateClusters, type Relation, type SamePair } from '#src/domain/duplicates/cluster.ts';
import { relationOf } from '#src/domain/duplicates/relation.ts';
import { withoutDismissed } from '#src/domain/duplicates/dismissed-pairs.ts';
import type { CompanyInput } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const pair = (left: number, right: number, bits = 10): SamePair => ({ left, right, bits });
const always = (relation: Relation) => (): Relation => relation;

describe('groups of accounts', () => {
  it('A and B, B and C make one group unless A and C are apart; then the surer pair is a group and the other account a partial match', () => {
    expect(duplicateClusters([pair(0, 1), pair(1, 2)], always('open')).clusters).toEqual([[0, 1, 2]]);
    expect(duplicateClusters([pair(0, 1, 8), pair(1, 2, 9)], always('apart'))).toEqual({
      clusters: [[1, 2]],
      partialMatches: [[0]],
    });
  });

  it('a chain without an account that matches all others is cut, even if nothing in it contradicts', () => {
    const { clusters, partialMatches } = duplicateClusters(
      [pair(0, 1, 9), pair(1, 2, 8), pair(2, 3, 7)],
      always('open'),
    );
    expect(clusters).toEqual([[0, 1, 2]]);
    expect(partialMatches).toEqual([[3]]);
  });

  it('for any pairs, no account is in two groups or apart from another of its group, and each group has an account that matches all others', () => {
    const members = fc.integer({ min: 0, max: 9 });
    const pairs = fc.uniqueArray(
      fc.tuple(members, members, fc.integer({ min: 3, max: 30 })).filter(([a, b]) => a < b),
      {
        selector: ([a, b]) => `${a} ${b}`,
      },
    );
    const relations = fc.array(fc.constantFrom<Relation>('open', 'apart', 'same'), {
      minLength: 100,
      maxLength: 100,
    });
    fc.assert(
      fc.property(pairs, relations, (chosen, relation) => {
        const same = new Set(chosen.map(([a, b]) => `${a} ${b}`));
        const of = (a: number, b: number): Relation =>
          relation[Math.min(a, b) * 10 + Math.max(a, b)] ?? 'open';
        const found = (a: number, b: number): Relation =>
          same.has(`${Math.min(a, b)} ${Math.max(a, b)}`) ? 'same' : of(a, b);
        const { clusters } = duplicateClusters(
          chosen.map(([a, b, bits]) => pair(a, b, bits)),
          of,
        );
        expect(new Set(clusters.flat()).size).toBe(clusters.flat().length);
        for (const all of clusters) {
          const others = (one: number): number[] => all.filter((other) => other !== one);
          expect(all.some((one) => others(one).some((other) => found(one, other) === 'apart'))).toBe(false);
          expect(all.some((one) => others(one).every((other) => found(one, other) === 'same'))).toBe(true);
        }
      }),
    );
  });
});

describe('two accounts that are both the same as a third', () => {
  const relation = (one: CompanyInput, other: CompanyInput): Relation =>
    relationOf(matchCompanies(normaliseCompany(one), normaliseCompany(other)));

  it.each<[string, CompanyInput, CompanyInput, Relation]>([
    [
      'half-filled copies',
      { name: 'Contoso', phone: '+49 89 63600' },
      { name: 'Kontoso', city: 'Munich' },
      'open',
    ],
    [
      'a trading name and a bare name',
      { name: 'Road Runner', domain: 'contoso.com' },
      { name: 'Contoso', city: 'Munich' },
      'open',
    ],
    [
      'two websites',
      { name: 'Contoso', domain: 'contoso.com' },
      { name: 'Contoso', domain: 'road-runner.com' },
      'apart',
    ],
    ['two countries', { name: 'Contoso', country: 'DE' }, { name: 'Contoso', country: 'US' }, 'apart'],
    ['two numbers', { name: 'Contoso Fund II' }, { name: 'Contoso Fund III' }, 'apart'],
    [
      'two branches',
      { name: 'Contoso', phone: '+49 89 63600', street: 'Hauptstr. 1', city: 'Munich' },
      { name: 'Contoso', phone: '+49 30 12345', street: 'Torstr. 80', city: 'Berlin' },
      'apart',
    ],
  ])('%s', (_what, one, other, expected) => {
    expect(relation(one, other)).toBe(expected);
    expect(relation(other, one)).toBe(expected);
  });
});

describe('dismissed pairs', () => {
  const dismissed =
    (...pairs: string[]) =>
    (a: string, b: string): boolean =>
      pairs.includes(a + b) || pairs.includes(b + a);

  it('remove the account that is in most of them, and the rest stay a group', () => {
    expect(withoutDismissed(['a', 'b', 'c'], dismissed('ac', 'bc'))).toEqual(['a', 'b']);
  });

  it('remove the later of two accounts; a group of two ends', () => {
    expect(withoutDismissed(['a', 'b', 'c'], dismissed('bc'))).toEqual(['a', 'b']);
    expect(withoutDismissed(['a', 'b'], dismissed('ab'))).toEqual([]);
    expect(withoutDismissed(['a', 'b'], dismissed())).toEqual(['a', 'b']);
  });
});
