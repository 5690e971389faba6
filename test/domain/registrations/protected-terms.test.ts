import { describe, expect, test } from 'vitest';
import {
  areSameTerms,
  changeText,
  publicChangeText,
  termChanges,
  type ProtectedTerms,
} from '#src/domain/registrations/protected-terms.ts';

const approved: ProtectedTerms = {
  partnerId: 'p-1',
  partnerName: 'Contoso Channel',
  customerName: 'Acme GmbH',
  customerDomain: 'acme.com',
  customerCountry: 'DE',
  productFamily: 'Platform',
  dealType: 'new',
  amountMinor: '10000',
  currency: 'USD',
};
const changesTo = (changes: Partial<ProtectedTerms>, amountChangePercent = 25): readonly string[] =>
  termChanges(approved, { ...approved, ...changes }, { amountChangePercent }).map(changeText);

describe('the terms of a registration differ', () => {
  test.each<[string, Partial<ProtectedTerms>, readonly string[]]>([
    ['in nothing', {}, []],
    ['in nothing but case and spaces', { customerName: ' ACME  gmbh ', productFamily: 'platform' }, []],
    ['in the customer', { customerName: 'Beta' }, ['customer name "Acme GmbH" → "Beta"']],
    ['in a domain that is empty now', { customerDomain: null }, ['customer domain "acme.com" → none']],
    [
      'in the partner',
      { partnerId: 'p-2', partnerName: 'Kestrel' },
      ['partner "Contoso Channel" → "Kestrel"'],
    ],
    ['not in a partner that has another name', { partnerName: 'Contoso' }, []],
    ['not in an amount that is a quarter more', { amountMinor: '12500' }, []],
    ['not in an amount that is a quarter less', { amountMinor: '7500' }, []],
    ['in an amount that is more', { amountMinor: '12501' }, ['amount "100.00 USD" → "125.01 USD"']],
    ['in an amount that is less', { amountMinor: '7499' }, ['amount "100.00 USD" → "74.99 USD"']],
    ['in the currency', { currency: 'EUR' }, ['amount "100.00 USD" → "100.00 EUR"']],
    ['in an amount that is gone', { amountMinor: null }, ['amount "100.00 USD" → none']],
  ])('%s', (_how, changes, expected) => {
    expect(changesTo(changes)).toEqual(expected);
  });

  test('by the percentage of the programme, which may have decimals or be nothing', () => {
    expect(changesTo({ amountMinor: '10001' }, 0)).toHaveLength(1);
    expect(changesTo({ amountMinor: '10150' }, 1.5)).toEqual([]);
    expect(changesTo({ amountMinor: '10151' }, 1.5)).toHaveLength(1);
  });

  test('from what a person has rejected by any other amount', () => {
    expect(areSameTerms(approved, { ...approved, amountMinor: '10001' })).toBe(false);
    expect(areSameTerms(approved, { ...approved, customerName: 'acme gmbh' })).toBe(true);
  });

  test('without the names of partners in what a partner reads', () => {
    const [change] = termChanges(approved, { ...approved, partnerId: 'p-2' }, { amountChangePercent: 25 });
    expect(change && publicChangeText(change)).toBe('partner');
  });
});
