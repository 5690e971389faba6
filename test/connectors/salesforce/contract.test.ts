import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { CrmSample } from '#sandbox/sample.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { assertionFor, startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { crmContract } from '#test/connectors/contract/contract.ts';
import { connectOrg, sampleAccount } from './sample.ts';

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

async function integrationToken(org: RunningOrg): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertionFor(org),
  });
  const response = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: form });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function tokenOf(org: RunningOrg, by: 'person' | 'integration' | 'automation'): Promise<string> {
  if (by === 'integration') return integrationToken(org);
  const { body } = await control<{ accessToken: string }>(org, 'POST', 'users', {
    username: `${by}.${Math.random()}@northwind.example`,
    lastName: by,
    email: 'lena.fischer@northwind.example',
    permissionSets: ['Fairway_Internal'],
    userType: by === 'person' ? 'Standard' : 'AutomatedProcess',
  });
  return body.accessToken;
}

async function insertAs(
  org: RunningOrg,
  token: string,
  object: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly id: string }> {
  const response = await fetch(`${org.url}/services/data/v67.0/sobjects/${object}`, {
    method: 'POST',
    body: JSON.stringify(fields),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as { readonly id: string };
}

/** Changes a record as a person in the org does: a REST call outside any connector, which is not counted. */
async function changeAccount(org: RunningOrg, id: string, method: 'PATCH' | 'DELETE'): Promise<void> {
  const token = await integrationToken(org);
  const body = method === 'PATCH' ? { body: JSON.stringify({ Phone: '+49 731 1' }) } : {};
  const type = method === 'PATCH' ? { 'content-type': 'application/json' } : {};
  const response = await fetch(`${org.url}/services/data/v67.0/sobjects/Account/${id}`, {
    method,
    ...body,
    headers: { ...type, authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(await response.text());
}

crmContract('salesforce', async () => {
  const org = await startOrg();
  let registered = 0;
  const someAccount = (n: number): string =>
    org.store.collection('salesforce:Account').keys().drop(n).next().value ?? '';
  return {
    connect: () => connect(org),
    kinds: ['account', 'opportunity', 'registration', 'payout'],
    schema: crmSchema,
    seed: () => {
      org.vendor.seed(sample);
    },
    read: {
      object: 'Account',
      fields: ['Name', 'Website', 'BillingCountry', 'Fairway_Partner_Code__c'],
      total: accountTotal,
    },
    touch: async () => {
      org.advance(5000);
      await changeAccount(org, someAccount(7), 'PATCH');
      return someAccount(7);
    },
    remove: async () => {
      await changeAccount(org, someAccount(9), 'DELETE');
      return someAccount(9);
    },
    merge: async () => {
      org.advance(5000);
      const [survivor, loser] = [someAccount(20), someAccount(21)];
      await control(org, 'POST', 'merge', { masterId: survivor, loserIds: [loser] });
      return { loser, survivor };
    },
    decisions: {
      person: 'lena.fischer@northwind.example',
      register: async (by) => {
        registered += 1;
        const fields = { Number__c: `DR-2026-1${registered}`, Customer_Name__c: 'Account 1' };
        return (
          await insertAs(org, await tokenOf(org, by ?? 'integration'), 'Fairway_Registration__c', fields)
        ).id;
      },
      decide: async (registration, by, { decision, reasonCode, text }) => {
        org.advance(5000);
        const fields = {
          Registration__c: registration,
          Decision__c: decision,
          ...(reasonCode === undefined ? {} : { Reason_Code__c: reasonCode }),
          ...(text === undefined ? {} : { Text__c: text }),
        };
        await insertAs(org, await tokenOf(org, by), 'Registration_Decision__c', fields);
      },
      approve: async (recordId, kind, { decision, text }) => {
        org.advance(5000);
        const { body } = await control<{ id: string }>(org, 'POST', 'users', {
          username: `reviewer.${Math.random()}@northwind.example`,
          lastName: 'reviewer',
          email: 'lena.fischer@northwind.example',
        });
        await control(org, 'POST', 'approvals', {
          kind,
          recordId,
          decision: decision === 'approve' ? 'Approved' : 'Rejected',
          comments: text ?? null,
          assignedToId: body.id,
          reviewedById: body.id,
        });
      },
    },
    connectWith: (gate) => connectOrg(org, { gate }),
    write: {
      update: {
        fields: (n) => ({
          Fairway_Tier__c: `Tier ${n}`,
          Fairway_Trailing_Revenue__c: 100.25 + n,
          Fairway_Tier_As_Of__c: '2026-11-01',
        }),
        refused: { Fairway_Tier__c: 'x'.repeat(41) },
        code: 'STRING_TOO_LONG',
      },
      upsert: {
        object: 'Fairway_Payout__c',
        keyField: 'Key__c',
        key: (n) => `2026-10/P-0001/EUR/${n}`,
        fields: (n) => ({
          Amount__c: `${n}00.50`,
          Currency__c: 'EUR',
          Status__c: 'draft',
          Partner__c: someAccount(0),
        }),
        refused: { Status__c: 'lost' },
        code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      },
    },
    wrongCredential: { connect: () => connect(org, { clientId: '3MVG9wrong' }), fix: /client id/ },
    receivedCalls: org.calls,
    close: org.close,
  };
});
