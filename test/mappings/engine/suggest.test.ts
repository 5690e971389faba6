import { suggestMatches } from '#mappings/engine/pack/suggest.ts';
import { describe, expect, it } from 'vitest';
import { pack, remote } from './shapes.ts';

const account = pack('account', [{ local: 'name', remote: 'Name', direction: 'in' }]);
const labelled = (label: string, ...rest: Parameters<typeof remote>) => ({ ...remote(...rest), label });
const suggested = (...args: Parameters<typeof suggestMatches>) =>
  suggestMatches(...args).map(({ remote: theirs, local }) => [theirs, local]);

describe('suggesting what a field could be mapped to', () => {
  it('recognises fields by their names in any spelling and by synonyms', () => {
    const fields = [
      remote('Name', 'text'),
      remote('BillingCity', 'text'),
      remote('zip', 'text'),
      remote('Partner_Code__c', 'text'),
      remote('BillingCountry', 'text'),
      remote('Website', 'text'),
    ];
    expect(suggested(account, { fields })).toEqual([
      ['BillingCity', 'city'],
      ['zip', 'postcode'],
      ['Partner_Code__c', 'partnerCode'],
      ['BillingCountry', 'country'],
      ['Website', 'domain'],
    ]);
  });

  it('recognises a field by its label if its name does not help, and gives the reason', () => {
    const fields = [labelled('Partner code', 'X_17__c', 'text')];
    expect(suggestMatches(account, { fields })[0]).toMatchObject({
      local: 'partnerCode',
      reason: 'Its label "Partner code" matches partnerCode, and it is a text field.',
    });
  });

  it('suggests the step that reads the values, and sample values decide between similar fields', () => {
    const fields = [remote('Country_Code__c', 'text'), remote('Country__c', 'text')];
    const samples = [
      { Country_Code__c: 'ZZ-9', Country__c: 'Germany' },
      { Country_Code__c: 'DE', Country__c: 'France' },
    ];
    const [best] = suggestMatches(account, { fields }, samples);
    expect(best).toMatchObject({ remote: 'Country__c', local: 'country', transform: { name: 'country' } });
    expect(best?.reason).toContain('2 of 2 sample values can be read');
  });

  it('suggests no field with an unsuitable type, no mapped field, and each canonical field once', () => {
    const fields = [
      remote('City', 'boolean'),
      remote('Name', 'text'),
      remote('Billing_City__c', 'text'),
      remote('City__c', 'text'),
    ];
    expect(suggested(account, { fields }).filter(([, local]) => local !== null)).toEqual([
      ['Billing_City__c', 'city'],
    ]);
  });

  it('suggests a custom field with a free name for a field that the customer added', () => {
    const fields = [
      labelled('Employee-Band (EMEA)', 'Band_EMEA__c', 'picklist', { values: ['N'] }),
      labelled('Tier', 'Tier__c', 'text'),
      labelled('Empty', 'Empty__c', 'text'),
    ];
    const samples = [{ Band_EMEA__c: 'N', Tier__c: 'A' }, { Band_EMEA__c: 'N' }];
    expect(
      suggestMatches(account, { fields }, samples).map(({ local, newField, reason }) => [
        local,
        newField?.name,
        reason,
      ]),
    ).toEqual([
      [
        null,
        'employeeBandEmea',
        'It could be a custom field, extra.employeeBandEmea: 2 of 2 sample records have a value.',
      ],
      [null, 'tier2', 'It could be a custom field, extra.tier2: 1 of 2 sample records have a value.'],
    ]);
  });

  const ids = ['0015f00000ABCDEAA1', '0015f00000ABCDFAA1', '0015f00000ABCDGAA1'];
  const matches = (
    kind: Parameters<typeof pack>[0],
    fields: Parameters<typeof suggestMatches>[1]['fields'],
    values: Readonly<Record<string, readonly unknown[]>>,
  ) => {
    const samples = [0, 1, 2].map((n) =>
      Object.fromEntries(Object.entries(values).map(([name, of]) => [name, of[n]])),
    );
    return suggested(pack(kind, []), { fields }, samples);
  };

  it('never suggests a record id, a formula or a field that the CRM fills, also as a custom field', () => {
    const readOnly = { createable: false, updateable: false };
    const fields = [
      labelled('Record ID', 'Id', 'text', readOnly),
      labelled('VAT Id (formula)', 'Vat_Id__c', 'text', readOnly),
      labelled('Partner code', 'Old_System_Id__c', 'text'),
      labelled('City', 'Formula_City__c', 'text', readOnly),
    ];
    const values = {
      Id: ids,
      Vat_Id__c: ['DE136695976', 'DE811907980', 'ATU33864707'],
      Old_System_Id__c: ids,
      Formula_City__c: ['Bern', 'Basel', 'Genf'],
    };
    expect(matches('account', fields, values)).toEqual([]);
    expect(suggested(pack('account', []), { fields: fields.slice(0, 2) })).toEqual([]);
  });

  it('suggests nothing for a part of a name that only says which sort of value it is', () => {
    const fields = [
      labelled('External id', 'External_Id__c', 'text'),
      labelled('Support code', 'Support_Code__c', 'text'),
      labelled('Ticker', 'Ticker_Name__c', 'text'),
    ];
    expect(suggested(account, { fields }).filter(([, local]) => local !== null)).toEqual([]);
  });

  it.each([
    ['vatId', 'VAT number', ['Yes', 'No', 'Yes']],
    ['duns', 'DUNS', ['unknown', '', 'to be checked']],
    ['partnerCode', 'Partner code', ['P-100', 'P-100', 'P-100']],
    ['phone', 'Phone', ['see contact', 'n/a', 'ask Peter']],
    ['postcode', 'Postcode', ['Bavaria', 'Bern', 'Geneva']],
    ['city', 'City', ['80331', '3011', '1204']],
    ['domain', 'Website', ['yes', 'no', 'yes']],
  ])('suggests no %s when the values of “%s” speak against it', (local, label, values) => {
    const found = matches('account', [labelled(label, 'X__c', 'text')], { X__c: values });
    expect(found.filter(([, ours]) => ours === local)).toEqual([]);
  });

  it.each([
    ['vatId', 'VAT number', ['DE136695976', 'DE811907980', 'ATU33864707']],
    ['lei', 'LEI', ['529900T8BM49AURSDO55', '5493001KJTIIGC8Y1R12', 'HWUPKR0MPOU8FGXBT394']],
    ['partnerCode', 'Partner code', ['P-100', 'P-101', 'P-102']],
    ['phone', 'Phone', ['+49 89 123456', '(212) 555-0100', '044 668 18 00']],
    ['postcode', 'Postcode', ['80331', 'SW1A 1AA', '1204']],
    ['city', 'City', ['München', 'Bern', 'Washington 1']],
  ])('suggests %s when the values of “%s” have its form', (local, label, values) => {
    expect(matches('account', [labelled(label, 'X__c', 'text')], { X__c: values })).toContainEqual([
      'X__c',
      local,
    ]);
  });
});
