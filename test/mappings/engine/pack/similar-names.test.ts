import { describe, expect, it } from 'vitest';
import type { RemoteFieldShape } from '#mappings/engine/compile.ts';
import { suggestMatches, type Suggestion } from '#mappings/engine/pack/suggest.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { pack, remote } from '../shapes.ts';

type Type = RemoteFieldShape['type'];
const labelled = (name: string, label: string) => ({ ...remote(name, 'text'), label });
const suggestFor = (
  kind: CanonicalKind,
  fields: readonly RemoteFieldShape[],
  samples?: readonly Readonly<Record<string, unknown>>[],
): readonly Suggestion[] => suggestMatches(pack(kind, []), { fields }, samples);
const best = (kind: CanonicalKind, name: string, type: Type = 'text') => {
  const [found] = suggestFor(kind, [remote(name, type)]);
  return found && [found.local, found.transform?.name ?? null, found.confidence];
};

describe('a field is recognised by the words of its name', () => {
  it.each<[CanonicalKind, string, Type, string, string | null]>([
    ...['zip', 'postal', 'postalcode', 'PLZ', 'PostalCode', 'billing_zip'].map(
      (name) => ['account', name, 'text', 'postcode', null] as [CanonicalKind, string, Type, string, null],
    ),
    ...['website', 'web', 'url', 'homepage', 'Domain__c'].map(
      (name) =>
        ['account', name, 'text', 'domain', 'domain'] as [CanonicalKind, string, Type, string, string],
    ),
    ...['telephone', 'tel', 'mobile', 'fone', 'hs_phone'].map(
      (name) => ['account', name, 'text', 'phone', null] as [CanonicalKind, string, Type, string, null],
    ),
    ...['state', 'province', 'county', 'Région'].map(
      (name) => ['account', name, 'text', 'region', null] as [CanonicalKind, string, Type, string, null],
    ),
    ['account', 'town', 'text', 'city', null],
    ['account', 'ort', 'text', 'city', null],
    ['account', 'the_city_of', 'text', 'city', null],
    ['account', 'nation', 'text', 'country', 'country'],
    ['account', 'reseller_code__c', 'text', 'partnerCode', null],
    ['account', 'ChannelCode', 'text', 'partnerCode', null],
    ['account', 'partner_sku', 'text', 'partnerCode', null],
    ['account', 'partner_article', 'text', 'partnerCode', null],
    ['account', 'vat_id', 'text', 'vatId', null],
    ['account', 'TAXId', 'text', 'vatId', null],
    ['account', 'is_partner', 'boolean', 'isPartner', null],
    ['opportunity', 'value', 'number', 'amount', null],
    ['opportunity', 'sum', 'number', 'amount', null],
    ['opportunity', 'total', 'number', 'amount', null],
    ['opportunity', 'closing_date', 'date', 'closeDate', null],
    ['opportunity', 'closed_date', 'date', 'closeDate', null],
    ['opportunity', 'company', 'reference', 'account', null],
    ['opportunity', 'organisation', 'reference', 'account', null],
    ['opportunity', 'organization', 'reference', 'account', null],
    ['opportunity', 'currency', 'text', 'currency', 'upper'],
    ['contact', 'mail', 'text', 'email', 'email'],
    ['contact', 'emailaddress', 'text', 'email', 'email'],
    ['contact', 'given_name', 'text', 'firstName', null],
    ['contact', 'forename_name', 'text', 'firstName', null],
    ['contact', 'surname_name', 'text', 'lastName', null],
    ['registration', 'deal', 'reference', 'opportunity', null],
    ['registration', 'opp', 'reference', 'opportunity', null],
    ['registration', 'no', 'text', 'number', null],
    ['registration', 'nr', 'text', 'number', null],
    ['registration', 'num', 'text', 'number', null],
    ['registration', 'Deal_Type__c', 'picklist', 'dealType', null],
    ['product', 'product_family', 'text', 'family', null],
  ])('of %s: %s, a %s field, is %s with the step %s', (kind, name, type, local, step) => {
    const [found] = suggestFor(kind, [remote(name, type)]);
    expect([found?.local, found?.transform?.name ?? null]).toEqual([local, step]);
  });

  it('wholly, in part, or with one letter in five that differs', () => {
    expect(best('account', 'Contry__c')).toEqual(['country', 'country', 0.9]);
    expect(best('account', 'Contri__c')?.[0]).toBeNull();
    expect(best('account', 'Citi__c')?.[0]).toBeNull();
    expect(best('account', 'Postcod')).toEqual(['postcode', null, 0.9]);
    expect(best('account', 'ustid')).toEqual(['vatId', null, 0.6]);
    expect(best('opportunity', 'opened', 'datetime')).toEqual(['openedAt', null, 0.6]);
    expect(best('contact', 'forename')).toEqual(['firstName', null, 0.6]);
    expect(best('account', 'city_x')?.[0]).toBe('city');
    expect(best('account', 'city_x_y')?.[0]).toBeNull();
  });

  it.each<[string, Type]>([
    ['City', 'number'],
    ['City', 'boolean'],
    ['Country', 'date'],
    ['isPartner', 'number'],
  ])('but not when %s is a %s field', (name, type) => {
    expect(best('account', name, type)?.[0] ?? null).toBeNull();
  });
});

describe('a suggestion', () => {
  const reasons = (...args: Parameters<typeof suggestFor>) =>
    suggestFor(...args).map(({ remote: theirs, local, confidence, reason }) => [
      theirs,
      local,
      confidence,
      reason,
    ]);

  it('says what matches, and how many sample values can be read', () => {
    expect(reasons('account', [remote('City', 'text')])).toEqual([
      ['City', 'city', 0.9, 'Its name "City" matches city, and it is a text field.'],
    ]);
    expect(reasons('account', [labelled('X__c', 'City')])).toEqual([
      ['X__c', 'city', 0.9, 'Its label "City" matches city, and it is a text field.'],
    ]);
    expect(reasons('account', [labelled('City', 'City')])[0]?.[3]).toBe(
      'Its name "City" matches city, and it is a text field.',
    );
    expect(reasons('account', [labelled('X1', 'Partner number code')])).toEqual([
      [
        'X1',
        'partnerCode',
        0.72,
        'Its label "Partner number code" is similar to partnerCode, and it is a text field.',
      ],
    ]);
    const samples = [
      { Country: 'Germany' },
      { Country: 'France' },
      { Country: 'CH' },
      { Country: 'Italy' },
      { Country: 'x' },
      { Country: null },
      { Country: '' },
      {},
    ];
    expect(reasons('account', [remote('Country', 'text')], samples)).toEqual([
      [
        'Country',
        'country',
        0.92,
        'Its name "Country" matches country, and it is a text field; 4 of 5 sample values can be read.',
      ],
    ]);
    expect(reasons('account', [remote('City', 'text')], [{ City: 'Bern' }])[0]?.[2]).toBe(1);
  });

  it('is the best of each remote and of each canonical field, the surest first', () => {
    const fields = [
      remote('City', 'text'),
      remote('town', 'text'),
      remote('Contry', 'text'),
      remote('Partner', 'text'),
    ];
    expect(
      suggestFor('account', fields)
        .slice(0, 2)
        .map(({ remote: theirs, local }) => [theirs, local]),
    ).toEqual([
      ['City', 'city'],
      ['Contry', 'country'],
    ]);
  });

  it('leaves out fields that are mapped and canonical fields that are filled or written by Fairway', () => {
    const mapped = pack('account', [{ local: 'city', remote: 'Town', direction: 'in' }]);
    const fields = [remote('Town', 'text'), remote('hs_city', 'text'), remote('Tier', 'text')];
    expect(suggestMatches(mapped, { fields }).map(({ remote: theirs, local }) => [theirs, local])).toEqual([
      ['Tier', null],
    ]);
  });

  it('recognises fields of Fairway by their labels', () => {
    expect(suggestFor('account', [labelled('X', 'Partner territory')])[0]).toMatchObject({
      local: 'territory',
    });
  });
});

describe('a new custom field', () => {
  const newFieldsOf = (
    fields: readonly (RemoteFieldShape & { label?: string })[],
    samples?: readonly object[],
  ) =>
    suggestMatches(pack('account', []), { fields }, samples as never).map((found) => [
      found.remote,
      found.newField,
      found.confidence,
    ]);

  it('is suggested for fields that the customer added', () => {
    const vendor = [
      'hs_x',
      'IsX',
      'assoc:x',
      'SystemX',
      'LastX',
      'CreatedX',
      'MasterX',
      'Fairway_X__c',
      'fairway_y',
    ];
    const custom = ['LastX__c', 'other', 'xhs_', 'aIs'];
    const found = newFieldsOf([...vendor, ...custom].map((name) => remote(name, 'text')));
    expect(found.map(([name]) => name)).toEqual(custom);
  });

  it.each<[Type, string | null]>([
    ['text', 'text'],
    ['picklist', 'text'],
    ['number', 'decimal'],
    ['boolean', 'boolean'],
    ['date', 'date'],
    ['datetime', 'instant'],
    ['reference', null],
  ])('of a %s field is a %s', (type, expected) => {
    const found = newFieldsOf([remote('Zz__c', type)]);
    expect(found).toEqual(
      expected === null ? [] : [['Zz__c', { name: 'zz', label: 'Zz__c', type: expected }, 0.1]],
    );
  });

  it.each<[string, string | undefined, string | null, string?]>([
    ['A_b-C__c', undefined, 'aBC', 'A_b-C__c'],
    ['X__c', 'Employee-Band (EMEA)', 'employeeBandEmea', 'Employee-Band (EMEA)'],
    ['X__c', 'Größe', 'groE', 'Größe'],
    ['X__c', ' Size ', 'size', 'Size'],
    ['X__c', '3 sizes', null],
    ['X__c', '3sizes', 'sizes', '3sizes'],
    ['X__c', '—', null],
    ['X__c', 'x'.repeat(90), 'x'.repeat(50), 'x'.repeat(80)],
    ['X__c', 'City', 'city2', 'City'],
  ])('for %s with the label %s is named %s', (name, label, expected, shownLabel) => {
    const samples = label === 'City' ? [{ [name]: {} }] : undefined;
    const found = newFieldsOf([{ ...remote(name, 'text'), ...(label !== undefined && { label }) }], samples);
    expect(found.map(([, field]) => field)).toEqual(
      expected === null ? [] : [{ name: expected, label: shownLabel, type: 'text' }],
    );
  });

  it('has a name that no other has, declared ones included', () => {
    const declared = {
      ...pack('account', []),
      extra: [{ name: 'size', label: 'Size', type: 'text' as const }],
    };
    const fields = [labelled('A__c', 'Size'), labelled('B__c', 'Size'), labelled('C__c', 'Tier')];
    expect(
      suggestMatches(declared, { fields }).map(({ local, newField }) => local ?? newField?.name),
    ).toEqual(['extra.size', 'size2', 'tier2']);
  });

  it('is the surer the more sample records have a value, and is left out where none has', () => {
    const samples = [{ A__c: 1, B__c: null }, { A__c: 2 }, { A__c: '' }];
    const found = suggestFor('account', [remote('A__c', 'number'), remote('B__c', 'number')], samples);
    expect(found.map(({ remote: theirs, confidence, reason }) => [theirs, confidence, reason])).toEqual([
      ['A__c', 0.2, 'It could be a custom field, extra.a: 2 of 3 sample records have a value.'],
    ]);
    expect(suggestFor('account', [remote('A__c', 'number')])[0]?.reason).toBe(
      'It could be a custom field, extra.a: no Fairway field is similar.',
    );
  });
});
