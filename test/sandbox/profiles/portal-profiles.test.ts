import { afterEach, expect, it } from 'vitest';
import { Faults } from '#sandbox/faults.ts';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';

let account: TestAccount;
afterEach(() => account.close());

const open = async (profile: ProfileName): Promise<void> => {
  account = await openAccount(new Faults(), profile);
};

it('says the currencies and the time zone of the account', async () => {
  await open('time-zones');
  const { body } = await account.call('GET', '/account-info/2026-09/details');
  expect(body).toMatchObject({ companyCurrency: 'USD', timeZone: 'Australia/Sydney', utcOffset: '+11:00' });
});

it('has no property for the currency of a deal in an account with one currency', async () => {
  await open('single-currency-jpy');
  const { body } = await account.call('GET', '/crm/properties/2026-09/deals');
  const names = body.results.map(({ name }: { name: string }) => name);
  expect(names).toContain('amount');
  expect(names).not.toContain('deal_currency_code');
});

it('offers only the active currencies', async () => {
  await open('multi-currency');
  const { body } = await account.call('GET', '/crm/properties/2026-09/deals/deal_currency_code');
  expect(body.options.map(({ value }: { value: string }) => value)).toEqual([
    'EUR',
    'USD',
    'GBP',
    'KWD',
    'JPY',
  ]);
});

it('refuses a call for which the app lacks the scope, and names it', async () => {
  await open('minimum-access');
  expect((await account.call('GET', '/crm/objects/2026-09/companies')).status).toBe(200);
  const { status, body } = await account.call('GET', '/crm/objects/2026-09/contacts');
  expect(status).toBe(403);
  expect(body).toMatchObject({
    category: 'MISSING_SCOPES',
    errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.read'] } }],
  });
});

it('gives no account below Enterprise the scopes of custom objects, whatever the key', async () => {
  await open('without-custom-objects');
  const { status, body } = await account.call('GET', '/crm-object-schemas/2026-09/schemas');
  expect(status).toBe(403);
  expect(body).toMatchObject({
    category: 'MISSING_SCOPES',
    errors: [{ context: { requiredGranularScopes: ['crm.schemas.custom.read'] } }],
  });
});

it('lets a service key read, and gives it neither a secret nor webhooks nor the journal', async () => {
  await open('service-key');
  const { settings, secrets, tokens } = account.vendor.credentials({ publicKeyPem: '' });
  expect(Object.keys({ ...settings, ...secrets }).toSorted()).toEqual([
    'accessToken',
    'basePath',
    'portalId',
  ]);
  expect(tokens).toBeUndefined();
});

it('lets a public app sign in by OAuth', async () => {
  await open('public-app');
  const { settings, secrets, tokens } = account.vendor.credentials({ publicKeyPem: '' });
  expect(settings).toMatchObject({ authType: 'oauth' });
  expect(Object.keys(secrets)).toEqual(['clientSecret']);
  expect(tokens?.refreshToken).not.toBe(tokens?.accessToken);
});

it('refuses bodies without the keys that HubSpot requires', async () => {
  await open('default');
  const schema = {
    name: 'x',
    labels: { singular: 'X', plural: 'X' },
    primaryDisplayProperty: 'n',
    requiredProperties: [],
  };
  const property = { name: 'n', label: 'N', type: 'string', fieldType: 'text' };
  const whole = { ...schema, properties: [property], associatedObjects: [], secondaryDisplayProperties: [] };
  const schemas = '/crm-object-schemas/2026-09/schemas';
  expect((await account.call('POST', schemas, whole)).status).toBe(400);
  expect((await account.call('POST', schemas, { ...whole, allowsSensitiveProperties: false })).status).toBe(
    201,
  );
  const read = { properties: [], inputs: [{ id: '1' }] };
  const path = '/crm/objects/2026-09/companies/batch/read';
  expect((await account.call('POST', path, read)).status).toBe(400);
  expect((await account.call('POST', path, { ...read, propertiesWithHistory: [] })).status).not.toBe(400);
});
