import { describe, expect, it } from 'vitest';
import { differencesOf, filledFields } from '#src/domain/duplicates/differences.ts';
import { reasonsOf } from '#src/domain/duplicates/reasons.ts';
import { survivorOf, type AccountUsage } from '#src/domain/duplicates/survivor.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const account = (id: string, about: Partial<AccountUsage> = {}): AccountUsage => ({
  id,
  extId: id,
  isPartner: false,
  openOpportunities: 0,
  registrations: 0,
  filledFields: 3,
  ...about,
});

describe('the suggested survivor', () => {
  it.each<[string, Partial<AccountUsage>, Partial<AccountUsage>, string]>([
    [
      'a partner before all others',
      { isPartner: true },
      { openOpportunities: 9, filledFields: 9 },
      'It is a partner: tiers and payouts depend on it.',
    ],
    [
      'then the most open opportunities',
      { openOpportunities: 2 },
      { openOpportunities: 1, registrations: 9, filledFields: 9 },
      'It has the most open opportunities: 2, the next has 1.',
    ],
    [
      'then the most registrations',
      { registrations: 3 },
      { filledFields: 9 },
      'It has the most registrations: 3, the next has 0.',
    ],
    [
      'then the most complete',
      { filledFields: 7 },
      { filledFields: 6 },
      'It is the most complete: 7 fields have a value, the next has 6.',
    ],
  ])('is %s, with the reason', (_rule, best, other, reason) => {
    expect(survivorOf([account('a', other), account('b', best), account('c', other)])).toEqual({
      id: 'b',
      reason,
    });
  });

  it('is the oldest by its CRM id if all criteria are equal', () => {
    expect(survivorOf([account('1000'), account('999')]).id).toBe('999');
    const reason = 'It is the oldest by its id in the CRM; all other criteria are equal.';
    expect(survivorOf([account('001A0002'), account('001A0001')])).toEqual({ id: '001A0001', reason });
  });

  it('does not depend on the order of the accounts', () => {
    const all = [
      account('a', { filledFields: 9 }),
      account('b', { registrations: 1 }),
      account('c', { openOpportunities: 1 }),
    ];
    expect([all, all.toReversed()].map((accounts) => survivorOf(accounts).id)).toEqual(['c', 'c']);
  });
});

describe('reasons', () => {
  it('describe what agrees and what differs, with the compared values, the strongest first', () => {
    const one = normaliseCompany({
      name: 'Contoso Ltd',
      domain: 'contoso.com',
      country: 'DE',
      city: 'Munich',
      phone: '+49 89 63600',
    });
    const other = normaliseCompany({
      name: 'Contosso',
      domain: 'www.contoso.com',
      country: 'DE',
      city: 'Berlin',
    });
    expect(reasonsOf(matchCompanies(one, other))).toEqual({
      for: ['same domain (contoso.com)', 'almost the same name (contoso and contosso)', 'same country (DE)'],
      against: ['different cities (munich and berlin)'],
    });
  });
});

describe('differences', () => {
  it('are the fields in which the other account has another value, or the only value', () => {
    const survivor = {
      name: 'Contoso',
      city: 'Munich',
      phone: null,
      domain: 'contoso.com',
      isPartner: false,
    };
    const other = {
      name: 'Contoso GmbH',
      city: ' Munich ',
      phone: '+49 89 63600',
      domain: null,
      isPartner: false,
      tier: 'Gold',
    };
    expect(differencesOf(survivor, other)).toEqual([
      { field: 'name', survivorValue: 'Contoso', otherValue: 'Contoso GmbH' },
      { field: 'phone', survivorValue: null, otherValue: '+49 89 63600' },
    ]);
  });

  it('are counted only for filled fields of the CRM: not for blanks, boxes that are not ticked and fields that Fairway writes', () => {
    expect(filledFields({ name: 'Contoso', city: '', phone: null, isPartner: false, tier: 'Gold' })).toBe(1);
  });
});
