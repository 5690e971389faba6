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
});
