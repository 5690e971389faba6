import { describe, expect, it } from 'vitest';
import { accountFields, differencesOf, filledFields } from '#src/domain/duplicates/differences.ts';
import { withoutDismissed } from '#src/domain/duplicates/dismissed-pairs.ts';
import { reasonsOf } from '#src/domain/duplicates/reasons.ts';
import { relationOf } from '#src/domain/duplicates/relation.ts';
import { survivorOf, type AccountUsage } from '#src/domain/duplicates/survivor.ts';
import { duplicateClusters, type Relation } from '#src/domain/duplicates/cluster.ts';
import type { CompanyMatch, MatchEvidence, MatchField, MatchLevel } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const base = matchCompanies(normaliseCompany({ name: 'a' }), normaliseCompany({ name: 'b' }));
const match = (verdict: CompanyMatch['verdict'], ...evidence: readonly MatchEvidence[]): CompanyMatch => ({
  ...base,
  verdict,
  evidence,
});
const found = (field: MatchField, level: MatchLevel, bits = 1, values: readonly (string | null)[] = []) => ({
  field,
  level,
  bits,
  weight: bits,
  left: values[0] ?? null,
  right: values[1] ?? null,
});

describe('the reasons of a match', () => {
  it.each<[MatchField, MatchLevel, string]>([
    ['registry_id', 'exact', 'same registry id'],
    ['domain', 'exact', 'same domain'],
    ['domain', 'strong', 'a contact’s e-mail address has the other’s domain'],
    ['domain', 'close', 'same domain under another ending'],
    ['domain', 'weak', 'the domain of one is the name of the other'],
    ['phone', 'exact', 'same phone'],
    ['phone', 'strong', 'same phone, once without its country or area code'],
    ['phone', 'close', 'extensions of the same phone number'],
    ['name', 'exact', 'same name'],
    ['name', 'strong', 'almost the same name'],
    ['name', 'close', 'similar names'],
    ['name', 'weak', 'one name is part of the other'],
    ['address', 'exact', 'same address'],
    ['address', 'strong', 'almost the same address'],
    ['address', 'close', 'neighbouring addresses'],
    ['address', 'weak', 'same house number'],
    ['postcode', 'exact', 'same postcode'],
    ['postcode', 'close', 'same postal district'],
    ['city', 'exact', 'same city'],
    ['city', 'close', 'almost the same city'],
    ['country', 'exact', 'same country'],
  ])('for: %s %s is “%s”', (field, level, phrase) => {
    expect(reasonsOf(match('same', found(field, level)))).toEqual({ for: [phrase], against: [] });
  });

  it.each<[MatchField, string]>([
    ['registry_id', 'different registry ids'],
    ['domain', 'different domains'],
    ['phone', 'different phones'],
    ['name', 'different names'],
    ['numbers', 'different numbers in the names'],
    ['address', 'different addresses'],
    ['postcode', 'different postcodes'],
    ['city', 'different cities'],
    ['country', 'different countries'],
  ])('against: %s is “%s”', (field, phrase) => {
    expect(reasonsOf(match('same', found(field, 'different')))).toEqual({ for: [], against: [phrase] });
  });

  it('leave out shared words and numbers, and everything that is missing', () => {
    const all = [
      found('words', 'exact'),
      found('words', 'different'),
      found('numbers', 'exact'),
      found('domain', 'missing'),
      found('city', 'weak'),
    ];
    expect(reasonsOf(match('same', ...all))).toEqual({ for: [], against: [] });
  });

  it('come by weight, whether it speaks for or against, and show the values once', () => {
    const all = [
      found('city', 'exact', 1, ['bern', 'bern']),
      found('domain', 'different', -1, ['a.de', 'b.de']),
      found('name', 'weak', 2.5, [null, 'acme']),
      found('country', 'different', -2, ['DE', 'US']),
    ];
    expect(reasonsOf(match('same', ...all))).toEqual({
      for: ['one name is part of the other (acme)', 'same city (bern)'],
      against: ['different countries (DE and US)', 'different domains (a.de and b.de)'],
    });
  });
});

describe('the relation of two accounts', () => {
  it.each<[MatchField, Relation, Relation]>([
    ['registry_id', 'apart', 'apart'],
    ['domain', 'apart', 'apart'],
    ['numbers', 'apart', 'apart'],
    ['country', 'apart', 'apart'],
    ['phone', 'open', 'apart'],
    ['address', 'open', 'apart'],
    ['postcode', 'open', 'apart'],
    ['city', 'open', 'apart'],
    ['name', 'open', 'open'],
    ['words', 'open', 'open'],
  ])('whose %s differs is %s if they are related, and %s if they are not', (field, related, different) => {
    const evidence = found(field, 'different');
    const verdicts = ['same', 'related', 'different'] as const;
    expect(verdicts.map((verdict) => relationOf(match(verdict, evidence)))).toEqual([
      'same',
      related,
      different,
    ]);
    expect(verdicts.map((verdict) => relationOf(match(verdict, found(field, 'close'))))).toEqual([
      'same',
      'open',
      'open',
    ]);
  });
});

describe('the fields of an account', () => {
  it('that are read from the CRM are compared, in their order', () => {
    expect(accountFields.join(' ')).toBe(
      'name domain country street city region postcode phone aliases vatId duns lei isPartner partnerSuspended partnerCode territory customerSince',
    );
  });

  it('differ where the other account has another value', () => {
    const survivor = { name: 'Contoso', isPartner: true, city: null };
    const other = { name: 'contoso', isPartner: true, city: 'Bern', phone: '', domain: null, aliases: ' ' };
    expect(differencesOf(survivor, other)).toEqual([
      { field: 'name', survivorValue: 'Contoso', otherValue: 'contoso' },
      { field: 'city', survivorValue: null, otherValue: 'Bern' },
    ]);
    expect(differencesOf({ isPartner: false }, { isPartner: true })).toEqual([
      { field: 'isPartner', survivorValue: false, otherValue: true },
    ]);
    expect(filledFields({ ...other, isPartner: true, city: 'Bern' })).toBe(4);
  });
});

describe('the survivor', () => {
  const account = (id: string, about: Partial<AccountUsage> = {}): AccountUsage => ({
    id,
    extId: id,
    isPartner: false,
    openOpportunities: 0,
    registrations: 0,
    filledFields: 0,
    ...about,
  });

  it('is chosen among those that lead, by the next criterion', () => {
    const accounts = [
      account('a', { isPartner: true, openOpportunities: 1 }),
      account('b', { isPartner: true, openOpportunities: 3 }),
      account('c', { openOpportunities: 9 }),
    ];
    expect(survivorOf(accounts)).toEqual({
      id: 'b',
      reason: 'It has the most open opportunities: 3, the next has 1.',
    });
  });

  it('of one account is that account, by its age', () => {
    expect(survivorOf([account('a', { isPartner: true })])).toEqual({
      id: 'a',
      reason: 'It is the oldest by its id in the CRM; all other criteria are equal.',
    });
    expect(() => survivorOf([])).toThrow(new TypeError('at least one account is needed'));
  });

  it('of equal accounts has the lowest id: the shortest, then the first', () => {
    const ids = ['30', '4', '5', '31'];
    expect(survivorOf(ids.map((id) => account(id))).id).toBe('4');
    expect(survivorOf([account('x', { extId: '7' }), account('y', { extId: '7' })]).id).toBe('x');
  });
});

describe('groups of accounts', () => {
  it('take the surest pairs first, then the first of equal ones', () => {
    const apart = (): Relation => 'apart';
    const pair = (left: number, right: number, bits: number) => ({ left, right, bits });
    expect(duplicateClusters([pair(0, 3, 5), pair(0, 2, 5), pair(2, 3, 5), pair(1, 3, 5)], apart)).toEqual({
      clusters: [[0, 2, 3]],
      partialMatches: [[1]],
    });
    expect(duplicateClusters([pair(1, 2, 5), pair(0, 2, 5)], apart).clusters).toEqual([[0, 2]]);
    expect(duplicateClusters([pair(0, 2, 5), pair(0, 1, 5)], apart).clusters).toEqual([[0, 1]]);
    expect(duplicateClusters([], apart)).toEqual({ clusters: [], partialMatches: [] });
  });

  it('ask for the relation of a pair once, in either order', () => {
    const asked: string[] = [];
    const relation = (left: number, right: number): Relation => {
      asked.push([left, right].toSorted((a, b) => a - b).join('-'));
      return 'open';
    };
    duplicateClusters(
      [
        { left: 0, right: 1, bits: 9 },
        { left: 2, right: 3, bits: 8 },
        { left: 1, right: 2, bits: 7 },
        { left: 0, right: 3, bits: 6 },
      ],
      relation,
    );
    expect(asked.toSorted()).toEqual(['0-2', '1-3']);
  });

  it('lose the member in most dismissed pairs first, until none is left', () => {
    const dismissed = new Set(['ab', 'ac', 'ad', 'bc']);
    const isDismissed = (a: string, b: string): boolean => dismissed.has(a + b) || dismissed.has(b + a);
    expect(withoutDismissed(['a', 'b', 'c', 'd'], isDismissed)).toEqual(['b', 'd']);
    expect(withoutDismissed(['a'], () => true)).toEqual([]);
    expect(withoutDismissed([], () => true)).toEqual([]);
  });
});
