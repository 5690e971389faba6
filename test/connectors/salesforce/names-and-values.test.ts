import { describe, expect, test } from 'vitest';
import { columns, quoted, tombstoneColumns, toRecord, toSoql, toUtc } from '#connectors/salesforce/record.ts';
import { salesforceRecordUrl } from '#connectors/salesforce/record-url.ts';
import { toDescription } from '#connectors/salesforce/schema/describe.ts';
import * as naming from '#connectors/salesforce/schema/naming.ts';
import { parseSettings } from '#connectors/salesforce/settings.ts';
import { canonicalKinds } from '#src/domain/record.ts';

describe('names in Salesforce', () => {
  test('of objects, by canonical kind', () => {
    expect(Object.fromEntries(canonicalKinds.map((kind) => [kind, naming.objectNameOf(kind)]))).toEqual({
      account: 'Account',
      contact: 'Contact',
      product: 'Product2',
      opportunity: 'Opportunity',
      opportunity_line: 'OpportunityLineItem',
      lead: 'Lead',
      registration: 'Fairway_Registration__c',
      payout: 'Fairway_Payout__c',
      invoice: null,
    });
    expect(naming.crmObjectName('payout')).toBe('Fairway_Payout__c');
    expect(naming.permissionSetName).toBe('Fairway_Integration');
  });

  test.each([
    ['Account', 'AccountChangeEvent', 'ChangeEvents_AccountChangeEvent'],
    ['Fairway_Payout__c', 'Fairway_Payout__ChangeEvent', 'ChangeEvents_Fairway_Payout_ChangeEvent'],
  ])('of the change events of %s are %s and %s', (object, event, member) => {
    expect([naming.changeEventOf(object), naming.channelMemberOf(object)]).toEqual([event, member]);
  });

  test.each([
    [false, 'tier', 'Fairway_Tier__c'],
    [false, 'tierAsOf', 'Fairway_Tier_As_Of__c'],
    [true, 'customerName', 'Customer_Name__c'],
    [true, 'line2Count', 'Line2_Count__c'],
  ])('of a field (custom object: %s): %s is %s', (custom, field, name) => {
    expect(naming.fieldNameOf({ custom }, field)).toBe(name);
  });

  test.each([
    [
      { instanceUrl: 'https://x.test//', loginUrl: 'https://y.test' },
      'https://x.test/lightning/r/Account/a%2Fb/view',
    ],
    [{ loginUrl: 'https://y.test' }, 'https://y.test/lightning/r/Account/a%2Fb/view'],
    [{}, null],
  ])('of a page with %j are %s', (settings, url) => {
    expect(salesforceRecordUrl({ settings, object: 'Account', extId: 'a/b' })).toBe(url);
  });
});

describe('a record of Salesforce', () => {
  const row = { Id: '1', SystemModstamp: '2026-11-22T02:00:00.000+0000', Name: 'Acme' };

  test('has the requested fields, null where they are absent', () => {
    expect(toRecord(row, ['Name', 'City'])).toEqual({
      extId: '1',
      fields: { Name: 'Acme', City: null },
      modifiedAt: '2026-11-22T02:00:00.000Z',
      deleted: false,
    });
  });

  test('that was merged names its survivor, and only when it is deleted', () => {
    expect(toRecord({ ...row, IsDeleted: true, MasterRecordId: '2' }, [])).toMatchObject({
      deleted: true,
      mergedInto: '2',
    });
    expect(toRecord({ ...row, IsDeleted: true, MasterRecordId: null }, [])).not.toHaveProperty('mergedInto');
    expect(toRecord({ ...row, IsDeleted: false, MasterRecordId: '2' }, [])).not.toHaveProperty('mergedInto');
  });

  test.each([
    ['2026-11-22T02:00:00.000+0000', '2026-11-22T02:00:00.000Z'],
    ['2026-11-22T02:00:00.000+0130', '2026-11-22T00:30:00.000Z'],
    ['2026-11-22T02:00:00.000-0100', '2026-11-22T03:00:00.000Z'],
    ['2026-11-22T02:00:00+0000', '2026-11-22T02:00:00.000Z'],
    ['2026-11-22T02:00:00Z', '2026-11-22T02:00:00.000Z'],
  ])('stamped %s was modified at %s', (stamp, instant) => {
    expect(toUtc(stamp)).toBe(instant);
  });

  test('is asked for by its fields, each once', () => {
    expect(columns(['Name', 'Id', 'Name'])).toEqual(['Id', 'SystemModstamp', 'Name']);
    expect(
      ['Account', 'Contact', 'Lead', 'Case', 'Opportunity'].map((object) => tombstoneColumns(object).length),
    ).toEqual([2, 2, 2, 2, 1]);
    expect(tombstoneColumns('Case')).toEqual(['IsDeleted', 'MasterRecordId']);
  });

  test.each<[string, string | null, string | null, string]>([
    ['Account', null, null, 'SELECT Id, SystemModstamp, Name FROM Account'],
    ['Account', null, "a'b\\", "SELECT Id, SystemModstamp, Name FROM Account WHERE Id > 'a\\'b\\\\'"],
    [
      'Account',
      '2026-11-22T02:00:00Z',
      null,
      'SELECT Id, SystemModstamp, Name, IsDeleted, MasterRecordId FROM Account WHERE SystemModstamp >= 2026-11-22T02:00:00.000Z',
    ],
    [
      'Opportunity',
      '2026-11-22T02:00:00Z',
      '5',
      "SELECT Id, SystemModstamp, Name, IsDeleted FROM Opportunity WHERE SystemModstamp >= 2026-11-22T02:00:00.000Z AND Id > '5'",
    ],
  ])('of %s since %s after %s is asked for by %s', (object, since, afterId, soql) => {
    expect(toSoql({ object, fields: ['Name'], since }, afterId)).toBe(soql);
  });

  test('is named in a query with its quotes escaped', () => {
    expect(quoted('it\'s \\ "x"')).toBe('it\\\'s \\\\ "x"');
  });
});

describe('the description of an object', () => {
  const plain = {
    name: 'A',
    label: 'A label',
    type: 'string',
    length: 80,
    nillable: true,
    defaultedOnCreate: false,
    createable: true,
    updateable: true,
    referenceTo: [],
    picklistValues: [],
  };
  const described = (field: object) =>
    toDescription({ name: 'Thing', label: 'A thing', fields: [{ ...plain, ...field }] });
  const expected = { name: 'A', label: 'A label', required: false, createable: true, updateable: true };

  test('has its name, its label and its fields', () => {
    expect(described({})).toEqual({
      object: 'Thing',
      label: 'A thing',
      fields: [{ ...expected, type: 'text', length: 80 }],
    });
  });

  test.each([
    ['boolean', 'boolean'],
    ['currency', 'number'],
    ['double', 'number'],
    ['int', 'number'],
    ['long', 'number'],
    ['percent', 'number'],
    ['date', 'date'],
    ['datetime', 'datetime'],
  ])('reads the type %s as %s, without a length', (type, name) => {
    expect(described({ type }).fields).toEqual([{ ...expected, type: name }]);
  });

  test.each(['address', 'location', 'base64', 'complexvalue'])('leaves out fields of the type %s', (type) => {
    expect(described({ type }).fields).toEqual([]);
  });

  test('lists active values of a picklist, and the objects that a reference points at', () => {
    const picklistValues = [
      { active: true, value: 'a' },
      { active: false, value: 'b' },
    ];
    expect(described({ type: 'picklist', picklistValues }).fields).toEqual([
      { ...expected, type: 'picklist', values: ['a'] },
    ]);
    expect(described({ type: 'reference', referenceTo: ['Account'] }).fields).toEqual([
      { ...expected, type: 'reference', referenceTo: ['Account'] },
    ]);
    expect(described({ length: 0, unique: true }).fields).toEqual([
      { ...expected, type: 'text', unique: true },
    ]);
  });

  test.each([
    [{ nillable: false }, true],
    [{ nillable: false, defaultedOnCreate: true }, false],
    [{ nillable: false, createable: false }, false],
    [{ nillable: true }, false],
  ])('with %j says that the field is required: %s', (field, required) => {
    expect(described(field).fields[0]?.required).toBe(required);
  });
});

describe('the settings of a Salesforce connection', () => {
  const settings = { loginUrl: 'https://login.test//', clientId: 'c', username: 'u' };
  const parse = (given: object, secrets: object = { privateKeyPem: 'pem' }) =>
    parseSettings({ settings: given as never, secrets: secrets as never });
  const defaults = {
    loginUrl: 'https://login.test',
    clientId: 'c',
    apiVersion: '67.0',
    changeEvents: 'on',
    pubSubEndpoint: 'api.pubsub.salesforce.com:7443',
    pubSubTrust: 'authorities',
  };

  test('that signs in by an assertion', () => {
    expect(parse(settings)).toEqual({
      ...defaults,
      auth: { type: 'jwt', username: 'u', audience: 'https://login.test', privateKeyPem: 'pem' },
    });
    expect(parse({ ...settings, audience: 'https://aud.test' }).auth).toMatchObject({
      audience: 'https://aud.test',
    });
  });

  test.each([
    ['https://login.salesforce.com', 'https://login.salesforce.com'],
    ['https://test.salesforce.com/', 'https://test.salesforce.com'],
    ['https://acme.my.salesforce.com', 'https://login.salesforce.com'],
    ['https://acme.my.salesforce.mil', 'https://login.salesforce.com'],
    ['https://acme--dev.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
    ['https://acme--dev.my.salesforce.com', 'https://test.salesforce.com'],
  ])('that signs in at %s asserts to %s', (loginUrl, audience) => {
    expect(parse({ ...settings, loginUrl }).auth).toMatchObject({ audience });
  });

  test('that has a refresh token', () => {
    const given = { ...settings, authType: 'refresh_token', instanceUrl: 'https://x.test/' };
    expect(parse(given, {}).auth).toEqual({
      type: 'refresh_token',
      instanceUrl: 'https://x.test',
      clientSecret: null,
    });
    expect(parse(given, { clientSecret: 's' }).auth).toMatchObject({ clientSecret: 's' });
  });

  test.each<[object, object | undefined, string]>([
    [{ loginUrl: 'x' }, undefined, 'loginUrl'],
    [{ clientId: '' }, undefined, 'clientId'],
    [{ authType: 'password' }, undefined, 'authType'],
    [{ apiVersion: '67' }, undefined, 'apiVersion'],
    [{ audience: 'x' }, undefined, 'audience'],
    [{ organizationId: '00Dx' }, undefined, 'organizationId'],
    [{ changeEvents: 'maybe' }, undefined, 'changeEvents'],
    [{ pubSubEndpoint: 'host' }, undefined, 'pubSubEndpoint'],
    [{ pubSubTrust: 'none' }, undefined, 'pubSubTrust'],
    [{ pubSubTrust: 'self-signed' }, undefined, 'pubSubTrust'],
    [{ pubSubTrust: 'self-signed', pubSubEndpoint: 'localhost.test:1' }, undefined, 'pubSubTrust'],
    [{ username: '' }, undefined, 'username'],
    [{}, {}, 'privateKeyPem'],
    [{ authType: 'refresh_token' }, {}, 'instanceUrl'],
    [{ authType: 'refresh_token', instanceUrl: 'https://x.test' }, { clientSecret: '' }, 'clientSecret'],
  ])('%j with the secrets %j have a wrong %s, and the failure shows no value', (changes, secrets, name) => {
    expect(() => parse({ ...settings, ...changes }, secrets)).toThrow(
      expect.objectContaining({
        failure: {
          class: 'auth',
          code: 'setting_invalid',
          message: `The Salesforce setting ${name} is missing or malformed.`,
          fix: `Connect the org again with a correct ${name}.`,
          fields: [name],
        },
      }),
    );
  });

  test('that are no object are wrong as a whole', () => {
    expect(() => parseSettings({ settings: 5 as never, secrets: {} })).toThrow(
      /The Salesforce setting settings is missing/,
    );
  });

  test.each(['localhost:1', '127.0.0.1:7443'])(
    'may trust any certificate of the sandbox at %s',
    (pubSubEndpoint) => {
      expect(parse({ ...settings, pubSubEndpoint, pubSubTrust: 'self-signed' })).toMatchObject({
        pubSubEndpoint,
      });
    },
  );

  test.each(['00D123456789012', '00D123456789012345'])('may name the org %s', (organizationId) => {
    expect(parse({ ...settings, organizationId }).organizationId).toBe(organizationId);
  });
});
