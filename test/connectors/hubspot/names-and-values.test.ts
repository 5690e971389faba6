import { withDecisionProperties } from '#connectors/hubspot/decisions/decision-properties.ts';
import { describe, expect, test } from 'vitest';
import { hintsOf } from '#connectors/hubspot/events/events.ts';
import { numberIn, readingsIn, refusedWindow, windowsOf } from '#connectors/hubspot/limits.ts';
import { hubspotRecordUrl } from '#connectors/hubspot/record-url.ts';
import { mergedAway, propertiesFor, stampOf } from '#connectors/hubspot/records.ts';
import * as naming from '#connectors/hubspot/schema/naming.ts';
import { readSettings } from '#connectors/hubspot/settings.ts';
import { asInstant, fromWire, toWire } from '#connectors/hubspot/values.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { canonicalKinds } from '#src/domain/record.ts';

describe('names in HubSpot', () => {
  test('of objects, by canonical kind', () => {
    expect(Object.fromEntries(canonicalKinds.map((kind) => [kind, naming.objectFor(kind)]))).toEqual({
      account: 'companies',
      contact: 'contacts',
      product: 'products',
      opportunity: 'deals',
      opportunity_line: 'line_items',
      lead: 'leads',
      registration: 'p_fairway_registration',
      payout: 'p_fairway_payout',
      invoice: null,
    });
    expect(naming.schemaName('payout')).toBe('fairway_payout');
  });

  test('of properties have a prefix on objects that are not Fairway’s', () => {
    const named = withDecisionProperties(crmSchema).map((object) => [
      object.kind,
      object.fields.map((field) => naming.propertyName(object, field)).at(-1),
    ]);
    expect(Object.fromEntries(named)).toEqual({
      account: 'fairway_tier_as_of',
      opportunity: 'fairway_conflict_summary',
      registration: 'decision_seen_version',
      payout: 'line_count',
    });
  });

  test('of references are pseudo-fields', () => {
    expect(naming.associationField('deals')).toBe('assoc:deals');
    expect(['assoc:deals', 'assoc:', 'xassoc:deals', 'deals'].map(naming.associationTarget)).toEqual([
      'deals',
      '',
      null,
      null,
    ]);
  });

  test('of the property with the stamp differ for contacts', () => {
    expect(['contacts', 'deals'].map(naming.modifiedProperty)).toEqual([
      'lastmodifieddate',
      'hs_lastmodifieddate',
    ]);
    expect(naming.mergedIdsProperty).toBe('hs_merged_object_ids');
  });

  test('of standard objects are these type ids', () => {
    expect(naming.standardTypeIds).toEqual({
      contacts: '0-1',
      companies: '0-2',
      deals: '0-3',
      products: '0-7',
      line_items: '0-8',
      leads: '0-136',
    });
  });

  test('in paths are encoded, and every path has the version of the API', () => {
    expect([
      naming.objectPath('p_a b', '/search'),
      naming.objectPath('deals'),
      naming.propertiesPath('a/b', '/x'),
      naming.propertiesPath('deals'),
      naming.validationsPath('0-3'),
      naming.associationsPath('a/b', 'c d', 'batch/read'),
      naming.schemasPath('/x'),
      naming.schemasPath(),
      naming.accountPath,
    ]).toEqual([
      '/crm/objects/2026-09/p_a%20b/search',
      '/crm/objects/2026-09/deals',
      '/crm/properties/2026-09/a%2Fb/x',
      '/crm/properties/2026-09/deals',
      '/crm/property-validations/2026-09/0-3',
      '/crm/associations/2026-09/a%2Fb/c%20d/batch/read',
      '/crm-object-schemas/2026-09/schemas/x',
      '/crm-object-schemas/2026-09/schemas',
      '/account-info/2026-09/details',
    ]);
  });

  test.each([
    [{ portalId: '7' }, 'companies', '5', 'https://app.hubspot.com/contacts/7/record/0-2/5'],
    [
      { portalId: '7', uiDomain: 'app-eu1.hubspot.com' },
      'contacts',
      '5',
      'https://app-eu1.hubspot.com/contacts/7/record/0-1/5',
    ],
    [
      { portalId: '7', basePath: 'http://localhost:1//' },
      'deals',
      '5',
      'http://localhost:1/contacts/7/record/0-3/5',
    ],
    [
      { portalId: '7' },
      'p_fairway_payout',
      'a/b',
      'https://app.hubspot.com/contacts/7/record/p_fairway_payout/a%2Fb',
    ],
    [{}, 'deals', '5', null],
  ])('of a page with %j: %s %s is at %s', (settings, object, extId, url) => {
    expect(hubspotRecordUrl({ settings, object, extId })).toBe(url);
  });
});

describe('values of HubSpot', () => {
  test.each([
    [null, null],
    [undefined, null],
    ['', null],
    ['2026-11-01T08:00:00Z', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00Z', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00:00.1Z', '2026-11-01T08:00:00.100Z'],
    ['2026-11-01', '2026-11-01'],
    ['at 2026-11-01T08:00:00Z', 'at 2026-11-01T08:00:00Z'],
    ['12.50', '12.50'],
  ])('%j are read as %j', (written, value) => {
    expect(fromWire(written)).toBe(value);
  });

  test.each([
    [null, ''],
    ['a', 'a'],
    [12.5, '12.5'],
    [false, 'false'],
    [['a', null, 5], 'a;;5'],
    [{ a: 1 }, '{"a":1}'],
  ])('%j are written as %j', (value, written) => {
    expect(toWire(value)).toBe(written);
  });

  test('instants of any format are compared in one', () => {
    expect(asInstant('2026-11-01T09:00:00+01:00')).toBe('2026-11-01T08:00:00.000Z');
  });
});

describe('records of HubSpot', () => {
  const record = (properties: Record<string, string | null>) => ({
    id: '5',
    properties,
    updatedAt: '2026-11-01T08:00:00Z',
  });

  test('are read with their stamp and the ids of those merged into them, without pseudo-fields', () => {
    expect(propertiesFor('deals', ['name', 'assoc:companies'])).toEqual([
      'name',
      'hs_lastmodifieddate',
      'hs_merged_object_ids',
    ]);
  });

  test('have the stamp of their property, or else that of the answer', () => {
    expect(stampOf('deals', record({ hs_lastmodifieddate: '2026-11-02T08:00:00Z' }))).toBe(
      '2026-11-02T08:00:00.000Z',
    );
    expect(stampOf('contacts', record({ hs_lastmodifieddate: '2026-11-02T08:00:00Z' }))).toBe(
      '2026-11-01T08:00:00.000Z',
    );
    expect(stampOf('deals', record({ hs_lastmodifieddate: null }))).toBe('2026-11-01T08:00:00.000Z');
  });

  test('that were merged away are deleted, each with its survivor', () => {
    const survivors = [
      record({ hs_merged_object_ids: '1;;2' }),
      record({ hs_merged_object_ids: null }),
      record({}),
    ];
    expect(mergedAway('deals', survivors)).toEqual(
      ['1', '2'].map((extId) => ({
        extId,
        fields: {},
        modifiedAt: '2026-11-01T08:00:00.000Z',
        deleted: true,
        mergedInto: '5',
      })),
    );
  });
});

describe('the limits of HubSpot', () => {
  test('that are assumed before an answer reports them', () => {
    expect(windowsOf('private')).toEqual([
      { name: 'burst', lengthMs: 10_000, allowed: 100, counts: ['call', 'search'] },
      { name: 'search', lengthMs: 1_000, allowed: 5, counts: ['search'] },
      { name: 'day', lengthMs: 86_400_000, allowed: 250_000, counts: ['call', 'search'] },
    ]);
    expect(windowsOf('oauth')).toEqual([
      { name: 'burst', lengthMs: 10_000, allowed: 110, counts: ['call'] },
      { name: 'search', lengthMs: 1_000, allowed: 5, counts: ['search'] },
    ]);
  });

  test.each<[Record<string, string>, readonly object[]]>([
    [{}, []],
    [
      {
        'x-hubspot-ratelimit-max': '190',
        'x-hubspot-ratelimit-remaining': '180',
        'x-hubspot-ratelimit-daily': '1000',
        'x-hubspot-ratelimit-daily-remaining': '999',
      },
      [
        { name: 'burst', allowed: 190, used: 10 },
        { name: 'day', allowed: 1000, used: 1 },
      ],
    ],
    [{ 'x-hubspot-ratelimit-max': '190' }, []],
    [{ 'x-hubspot-ratelimit-remaining': '180' }, []],
    [{ 'x-hubspot-ratelimit-max': 'many', 'x-hubspot-ratelimit-remaining': '1' }, []],
    [{ 'x-hubspot-ratelimit-max': ' ', 'x-hubspot-ratelimit-remaining': '1' }, []],
  ])('in the headers %j', (headers, readings) => {
    expect(readingsIn(new Headers(headers))).toEqual(readings);
  });

  test('that refused a call are named by HubSpot’s policy', () => {
    expect(['DAILY', 'SECONDLY', 'TEN_SECONDLY_ROLLING', undefined].map(refusedWindow)).toEqual([
      'day',
      'search',
      'burst',
      'burst',
    ]);
  });

  test.each([
    ['0', 0],
    ['1.5', 1.5],
    ['', null],
    ['x', null],
  ])('are numbers: %j is %j', (text, number) => {
    expect(numberIn(new Headers({ a: text }), 'a')).toBe(number);
  });
});

describe('the settings of a HubSpot connection', () => {
  const secrets = { accessToken: 'secret-token', clientSecret: 'secret-client' };
  const read = (settings: object, given: object = secrets) =>
    readSettings({ settings: settings as never, secrets: given as never });

  test('of a private app', () => {
    expect(read({}, { accessToken: 't' })).toEqual({
      basePath: 'https://api.hubapi.com',
      authType: 'private',
      accessToken: 't',
      app: null,
    });
    expect(read({ basePath: 'https://x.test/', portalId: 5, appId: 6, clientId: 'c' })).toEqual({
      basePath: 'https://x.test',
      portalId: '5',
      appId: '6',
      authType: 'private',
      clientId: 'c',
      ...secrets,
      app: { clientId: 'c', clientSecret: 'secret-client' },
    });
  });

  test('of an OAuth app need no token', () => {
    expect(read({ authType: 'oauth', clientId: 'c' }, { clientSecret: 's' }).app).toEqual({
      clientId: 'c',
      clientSecret: 's',
    });
  });

  test.each<[object, object, string]>([
    [{}, {}, 'accessToken'],
    [{}, { accessToken: '' }, 'accessToken'],
    [{ authType: 'oauth' }, secrets, 'clientId'],
    [{ authType: 'oauth', clientId: 'c' }, { accessToken: 't' }, 'clientSecret'],
    [{ authType: 'basic' }, secrets, 'authType'],
    [{ basePath: 'no address' }, secrets, 'basePath'],
    [{ clientId: '' }, secrets, 'clientId'],
  ])('%j with the secrets %j lack a valid %s, and the message shows no value', (settings, given, name) => {
    expect(() => read(settings, given)).toThrow(
      expect.objectContaining({
        code: 'setting_invalid',
        message: `The HubSpot connection needs a valid ${name}.`,
      }),
    );
  });
});

test('events give one hint for each record; an erased record stays erased', () => {
  expect(
    hintsOf([
      { object: 'deals', extIds: ['1', null, undefined, '2'] },
      { object: 'deals', extIds: ['2'], erased: true },
      { object: 'deals', extIds: ['2', '1'] },
      { object: 'companies', extIds: ['1'], erased: false },
    ]),
  ).toEqual([
    { object: 'deals', extId: '1' },
    { object: 'deals', extId: '2', erased: true },
    { object: 'companies', extId: '1' },
  ]);
});
