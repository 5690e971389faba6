import { describe, expect, it } from 'vitest';
import { differencesOf, filledFields } from '#src/domain/duplicates/differences.ts';
import { reasonsOf } from '#src/domain/duplicates/reasons.ts';
import { survivorOf, type AccountUsage } from '#src/domain/duplicates/survivor.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const account = (id: string, about: Partial<AccountUsage> = {}): AccountUsage => ({
  ...{ id, extId: id, isPartner: false, openOpportunities: 0, registrations: 0, filledFields: 3 },
  ...about,
});

describe('the account that should stay', () => {
  it.each<[string, Partial<AccountUsage>, Partial<AccountUsage>, string]>([
    [
      'a partner before everything',
      { isPartner: true },
      { openOpportunities: 9, filledFields: 9 },
      'It is a partner: tiers and payouts hang on it.',
    ],
    [
      'then the most open opportunities',
      { openOpportunities: 2 },
      { openOpportunities: 1, registrations: 9, filledFields: 9 },
      'It has the most open opportunities: 2, the next 1.',
    ],
    [
      'then the most registrations',
      { registrations: 3 },
      { filledFields: 9 },
      'Most registrations are about it: 3, the next 0.',
    ],
    [
      'then the most complete',
      { filledFields: 7 },
      { filledFields: 6 },
      'It is the most complete: 7 fields, the next 6.',
    ],
  ])('is %s, and it is said why', (_rule, best, other, why) => {
    expect(survivorOf([account('a', other), account('b', best), account('c', other)])).toEqual({
      id: 'b',
      why,
    });
  });

  it('is the oldest when nothing else tells them apart, by ids that count upwards in both CRMs', () => {
    expect(survivorOf([account('1000'), account('999')]).id).toBe('999');
    const why = 'It is the oldest, by its id in the CRM; nothing else tells them apart.';
    expect(survivorOf([account('001A0002'), account('001A0001')])).toEqual({ id: '001A0001', why });
  });

  it('is the same whatever the order they come in', () => {
    const all = [
      account('a', { filledFields: 9 }),
      account('b', { registrations: 1 }),
      account('c', { openOpportunities: 1 }),
    ];
    expect([all, all.toReversed()].map((accounts) => survivorOf(accounts).id)).toEqual(['c', 'c']);
  });
});

describe('reasons', () => {
  it('say in words what agrees and what does not, with what was compared, the weightiest first', () => {
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
      against: ['another city (munich and berlin)'],
    });
  });
});

describe('differences', () => {
  it('are the fields a merge has to choose between: what the other says otherwise, or says alone', () => {
    const kept = { name: 'Contoso', city: 'Munich', phone: null, domain: 'contoso.com', isPartner: false };
    const other = {
      name: 'Contoso GmbH',
      city: ' Munich ',
      phone: '+49 89 63600',
      domain: null,
      isPartner: false,
      tier: 'Gold',
    };
    expect(differencesOf(kept, other)).toEqual([
      { field: 'name', kept: 'Contoso', other: 'Contoso GmbH' },
      { field: 'phone', kept: null, other: '+49 89 63600' },
    ]);
  });

  it('fields that say something are counted; a box that is not ticked says nothing, and what Fairway writes is not the CRM’s', () => {
    expect(filledFields({ name: 'Contoso', city: '', phone: null, isPartner: false, tier: 'Gold' })).toBe(1);
  });
});
