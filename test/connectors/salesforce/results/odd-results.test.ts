import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Outbound } from '#connectors/contract/outbound.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { localOutbound } from '#test/support/connector-input.ts';
import { connectTo, startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, sampleAccount } from '#test/connectors/salesforce/sample.ts';

let org: RunningOrg;
beforeAll(async () => {
  org = await startOrg();
  await connectOrg(org).install(crmSchema);
  org.vendor.seed({ accounts: [0, 1, 2].map(sampleAccount), opportunities: [], registrations: [] });
});
afterAll(() => org.close());

/** Salesforce does the work and answers for the second row in a format that no version so far has had. */
const withOddRow: Outbound = async (url, request) => {
  const response = await localOutbound.outbound(url, request);
  if (request?.method !== 'PATCH' || !url.includes('/composite/sobjects')) return response;
  const results = (await response.json()) as unknown[];
  return Response.json(results.with(1, { outcome: 'deferred' }), { headers: response.headers });
};

it('salesforce: a result in an unknown format costs its row and not the batch', async () => {
  const connector = connectOrg(org, { outbound: withOddRow });
  const { records } = await (await connectTo(org)).query('SELECT Id FROM Account ORDER BY Name');
  const writes = records.map(({ Id }, n) => ({
    id: `w${n}`,
    extId: String(Id),
    keyValue: null,
    fields: { Fairway_Tier__c: 'Gold' },
  }));
  const outcomes = await connector.push({ object: 'Account', operation: 'update', keyField: null, writes });
  expect(outcomes.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
    { id: 'w0', ok: true },
    { id: 'w1', ok: false, failure: { code: 'UNREADABLE_RESULT', class: 'retry' } },
    { id: 'w2', ok: true },
  ]);
});
