import { expect, test } from 'vitest';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';

test('a Salesforce record opens in Lightning at the org’s own address', () => {
  const place = {
    kind: 'salesforce',
    settings: { loginUrl: 'https://vendor.my.salesforce.com/' },
    object: 'Opportunity',
    extId: '006A',
  } as const;
  expect(crmRecordUrl(place)).toBe('https://vendor.my.salesforce.com/lightning/r/Opportunity/006A/view');
});

test('a Salesforce record opens at the address the org gave at sign-in, not at the one everybody signs in at', () => {
  const settings = {
    loginUrl: 'https://login.salesforce.com',
    instanceUrl: 'https://vendor.my.salesforce.com',
  };
  expect(crmRecordUrl({ kind: 'salesforce', settings, object: 'Account', extId: '001A' })).toBe(
    'https://vendor.my.salesforce.com/lightning/r/Account/001A/view',
  );
});

test('a HubSpot record opens in the data centre its account lives in', () => {
  const settings = { portalId: '4711', uiDomain: 'app-eu1.hubspot.com' };
  expect(crmRecordUrl({ kind: 'hubspot', settings, object: 'deals', extId: '12' })).toBe(
    'https://app-eu1.hubspot.com/contacts/4711/record/0-3/12',
  );
});

test('a HubSpot record opens by type id; a custom object by its name', () => {
  const place = { kind: 'hubspot', settings: { portalId: '4711' }, extId: '12' } as const;
  expect(crmRecordUrl({ ...place, object: 'companies' })).toBe(
    'https://app.hubspot.com/contacts/4711/record/0-2/12',
  );
  expect(crmRecordUrl({ ...place, object: 'deals' })).toBe(
    'https://app.hubspot.com/contacts/4711/record/0-3/12',
  );
  expect(crmRecordUrl({ ...place, object: 'fairway_registration' })).toBe(
    'https://app.hubspot.com/contacts/4711/record/fairway_registration/12',
  );
});

test('a HubSpot connection with a configured address links there', () => {
  const settings = { basePath: 'http://127.0.0.1:4712', portalId: 4711 };
  expect(crmRecordUrl({ kind: 'hubspot', settings, object: 'deals', extId: '12' })).toBe(
    'http://127.0.0.1:4712/contacts/4711/record/0-3/12',
  );
});

test('there is no link where there is no page: files, or an account that is not known', () => {
  expect(
    crmRecordUrl({ kind: 'files', settings: { inbox: '/erp/in' }, object: 'invoice', extId: 'INV-1' }),
  ).toBeNull();
  expect(crmRecordUrl({ kind: 'hubspot', settings: {}, object: 'deals', extId: '12' })).toBeNull();
});

test('an id is a path segment, with any characters', () => {
  const place = {
    kind: 'salesforce',
    settings: { loginUrl: 'https://vendor.my.salesforce.com' },
    object: 'Account',
    extId: '../../evil?x',
  } as const;
  expect(crmRecordUrl(place)).toBe(
    'https://vendor.my.salesforce.com/lightning/r/Account/..%2F..%2Fevil%3Fx/view',
  );
});
