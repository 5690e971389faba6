import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { CrmSample } from '#sandbox/sample.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { privateKeyPem, startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, sampleAccount } from './sample.ts';
import { alone } from '#test/support/connector-input.ts';

const accountTotal = 2100;
const stamps = { createdAt: '2026-01-01T00:00:00Z', modifiedAt: '2026-02-01T00:00:00Z' };

const sample: CrmSample = {
  accounts: Array.from({ length: accountTotal }, (_, n) => sampleAccount(n)),
  opportunities: [
    {
      key: 'o1',
      name: 'Deal 1',
      accountKey: 'a1',
      stage: 'proposal',
      amount: '1200.50',
      currency: 'EUR',
      closeDate: '2026-12-31',
      ...stamps,
    },
  ],
  registrations: [
    {
      key: 'r1',
      number: 'DR-2026-0001',
      partnerKey: 'a0',
      opportunityKey: 'o1',
      customerName: 'Account 1',
      customerDomain: 'account1.example',
      customerCountry: 'DE',
      contactEmail: 'a@account1.example',
      productFamily: 'Sensors',
      dealType: 'new',
      amount: '1200.50',
      currency: 'EUR',
      expectedClose: '2026-12-31',
      submittedAt: '2026-03-01T09:30:00Z',
    },
  ],
};

const connect = (org: RunningOrg, settings: Record<string, string> = {}): CrmConnector =>
  connectOrg(org, { settings });

describe('salesforce', () => {
  let org: RunningOrg;
  let connector: CrmConnector;
  beforeAll(async () => {
    org = await startOrg();
    connector = connect(org);
    await connector.install(crmSchema);
    org.vendor.seed({ ...sample, accounts: sample.accounts.slice(0, 5) });
  });
  afterAll(() => org.close());

  it('names everything it installed, and installs the whole schema', async () => {
    const fresh = await startOrg();
    const report = await connect(fresh).install(crmSchema);
    expect(report.created).toEqual(
      expect.arrayContaining([
        'Fairway_Registration__c',
        'Fairway_Payout__c',
        'Account.Fairway_Tier_Standing__c',
        'Fairway_Registration__c.Customer_Name__c',
        'Fairway_Payout__c.Key__c',
        'Fairway_Integration',
        'Fairway_Read_Only',
        'Fairway_Internal',
        'Fairway_Partner',
      ]),
    );
    expect(report.created).toHaveLength(
      // Four permission sets, and decisions announce no changes.
      crmSchema.reduce((sum, object) => sum + object.fields.length + (object.custom ? 1 : 0) + 1, 0) + 4 - 1,
    );
    await fresh.close();
  });

  it('deploys only what is missing, and does not change an admin’s label', async () => {
    const field = org.store.collection('salesforce:#field').get('Account.Fairway_Tier__c') as {
      field: object;
    };
    org.store.put('salesforce:#field', 'Account.Fairway_Tier__c', {
      object: 'Account',
      field: { ...field.field, label: 'Renamed by an admin' },
    });
    org.store.remove('salesforce:#field', 'Account.Fairway_Tier_Standing__c');
    const restarted = await restart(org);
    const report = await connect(restarted).install(crmSchema);
    expect(report.created).toEqual(['Account.Fairway_Tier_Standing__c']);
    expect(
      (await connect(restarted).describe('Account')).fields.find((one) => one.name === 'Fairway_Tier__c')
        ?.label,
    ).toBe('Renamed by an admin');
    org = restarted;
    connector = connect(org);
  });

  it('reads all fields of a registration: references, money, instants', async () => {
    const fields = [
      'Number__c',
      'Partner__c',
      'Opportunity__c',
      'Amount__c',
      'Submitted_At__c',
      'Deal_Type__c',
    ];
    const pages = [];
    for await (const page of connector.pull({
      object: 'Fairway_Registration__c',
      fields,
      since: null,
      resume: null,
    }))
      pages.push(page);
    expect(pages[0]?.records[0]).toMatchObject({
      modifiedAt: '2026-03-01T09:30:00.000Z',
      fields: {
        Number__c: 'DR-2026-0001',
        Partner__c: expect.stringMatching(/^001/),
        Opportunity__c: expect.stringMatching(/^006/),
        Amount__c: 1200.5,
        Submitted_At__c: '2026-03-01T09:30:00.000+0000',
        Deal_Type__c: 'new',
      },
    });
  });

  it('signs in again when the access token has expired, without an extra counted call', async () => {
    await connector.check();
    org.advance(3 * 3_600_000);
    const before = { counted: connector.calls(), journal: org.calls() };
    await expect(connector.check()).resolves.toMatchObject({ account: 'Cascadia Instruments' });
    expect([connector.calls() - before.counted, org.calls() - before.journal]).toEqual([1, 1]);
  });

  it('reports how much of the daily limit is used, from Salesforce’s count', async () => {
    const { limits } = await connector.check();
    expect(limits).toEqual({ used: org.calls(), allowed: 100_000 });
  });

  it('reports for each wrong credential Salesforce’s answer and the fix', async () => {
    const failureOf = async (settings: Record<string, string>): Promise<unknown> =>
      connect(org, settings)
        .check()
        .then(
          () => null,
          (error: unknown) => (error as { failure: unknown }).failure,
        );
    expect(await failureOf({ username: 'someone@else.example' })).toMatchObject({
      class: 'auth',
      message: expect.stringContaining("user hasn't approved this consumer"),
      fix: expect.stringContaining('Correct the username'),
    });
    expect(await failureOf({ audience: 'https://example.com' })).toMatchObject({
      class: 'auth',
      message: expect.stringContaining('audience is invalid'),
      fix: expect.stringContaining('login URL'),
    });
    expect(await failureOf({ loginUrl: 'http://127.0.0.1:59999' })).toMatchObject({
      class: 'retry',
      code: 'ECONNREFUSED',
      fix: expect.stringContaining('login URL'),
    });
    const unreadable = createSalesforce({
      ...alone,
      settings: { loginUrl: org.url, clientId: org.clientId, username: org.username },
      secrets: { privateKeyPem: 'nonsense' },
      now: () => org.clock.now,
    });
    await expect(unreadable.check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'private_key_unreadable' },
    });
  });

  it('names the setting that is missing', () => {
    expect(() =>
      createSalesforce({
        ...alone,
        settings: { loginUrl: org.url, username: 'x' },
        secrets: { privateKeyPem },
        now: () => new Date(),
      }),
    ).toThrow(expect.objectContaining({ failure: expect.objectContaining({ fields: ['clientId'] }) }));
  });

  it('reports a field that the org does not have as a mapping failure', async () => {
    const pull = connector.pull({ object: 'Account', fields: ['Colour__c'], since: null, resume: null });
    await expect(pull[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      failure: { class: 'mapping', code: 'INVALID_FIELD', message: expect.stringContaining('Colour__c') },
    });
  });
});

/** The same org, served by a new process. */
async function restart(org: RunningOrg): Promise<RunningOrg> {
  const { buildSalesforce } = await import('#sandbox/salesforce/server.ts');
  await org.vendor.app.close();
  const vendor = buildSalesforce({ store: org.store, now: () => org.clock.now });
  const url = await vendor.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...org, vendor, url, close: async () => vendor.app.close().then(() => org.store.close()) };
}
