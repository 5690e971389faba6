import { suggestMatches } from '#mappings/engine/pack/suggest.ts';
import { describe, expect, it } from 'vitest';
import { pack, remote } from './shapes.ts';

const account = pack('account', [{ local: 'name', remote: 'Name', direction: 'in' }]);
const labelled = (label: string, ...rest: Parameters<typeof remote>) => ({ ...remote(...rest), label });
const suggested = (...args: Parameters<typeof suggestMatches>) =>
  suggestMatches(...args).map(({ remote: theirs, local }) => [theirs, local]);

describe('suggesting what a field could be mapped to', () => {
  it('knows fields by their names however they are written, and by words that mean the same', () => {
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

  it('knows a field by its label when its name says nothing, and tells why', () => {
    const fields = [labelled('Partner code', 'X_17__c', 'text')];
    expect(suggestMatches(account, { fields })[0]).toMatchObject({
      local: 'partnerCode',
      because: 'Its label "Partner code" is that of partnerCode, and it is a text field.',
    });
  });

  it('proposes the step that reads the values, and lets sample values decide between likely fields', () => {
    const fields = [remote('Country_Code__c', 'text'), remote('Country__c', 'text')];
    const samples = [
      { Country_Code__c: 'ZZ-9', Country__c: 'Germany' },
      { Country_Code__c: 'DE', Country__c: 'France' },
    ];
    const [best] = suggestMatches(account, { fields }, samples);
    expect(best).toMatchObject({ remote: 'Country__c', local: 'country', transform: { name: 'country' } });
    expect(best?.because).toContain('2 of 2 sample values can be read');
  });

  it('suggests no field whose type cannot be read, none that is mapped, and each of ours once', () => {
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

  it('proposes a field of the customer’s own for what they added and we lack, under a name nobody has', () => {
    const fields = [
      labelled('Employee-Band (EMEA)', 'Band_EMEA__c', 'picklist', { values: ['N'] }),
      labelled('Tier', 'Tier__c', 'text'),
      labelled('Empty', 'Empty__c', 'text'),
    ];
    const samples = [{ Band_EMEA__c: 'N', Tier__c: 'A' }, { Band_EMEA__c: 'N' }];
    expect(
      suggestMatches(account, { fields }, samples).map(({ local, newField, because }) => [
        local,
        newField?.name,
        because,
      ]),
    ).toEqual([
      [
        null,
        'employeeBandEmea',
        'It could be a field of your own, extra.employeeBandEmea: 2 of 2 sample records fill it.',
      ],
      [null, 'tier2', 'It could be a field of your own, extra.tier2: 1 of 2 sample records fill it.'],
    ]);
  });
});
