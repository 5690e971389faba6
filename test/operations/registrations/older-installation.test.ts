import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { connect } from '#src/operations/connections/connect.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { startService, type Service } from '#test/support/service.ts';

/** CRMs that were connected before Fairway wrote to rival deals have none of these fields. */
const missing = {
  salesforce: [
    ['Opportunity', 'Fairway_Registration_Role__c'],
    ['Opportunity', 'Fairway_Registration_Number__c'],
    ['Opportunity', 'Fairway_Who_Decides_Next__c'],
    ['Opportunity', 'Fairway_Registration_Link__c'],
    ['Fairway_Registration__c', 'Internal_Conflict__c'],
  ],
  hubspot: [
    ['deals', 'fairway_registration_role'],
    ['deals', 'fairway_registration_number'],
    ['deals', 'fairway_who_decides_next'],
    ['deals', 'fairway_registration_link'],
    ['p_fairway_registration', 'internal_conflict'],
  ],
} as const;

let service: Service;
beforeAll(async () => {
  service = await startService();
  const { salesforce, hubspot } = service.addresses;
  for (const [object, field] of missing.salesforce)
    await post(`${salesforce}/sandbox/fields/delete`, { object, field });
  for (const [objectType, property] of missing.hubspot)
    await post(`${hubspot}/sandbox/properties/delete`, { objectType, property });
  await service.deps.db.execute(sql`delete from object_description`);
});
afterAll(() => service[Symbol.asyncDispose]());

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
}

const problems = () =>
  service.deps.db.execute<{ object: string; message: string; fix: string }>(sql`
    select p.object, p.message, p.fix from problem p where p.status = 'open' and p.code = 'fields_not_installed' order by p.object`);

it('an older installation goes on without the new fields, a problem says how to install them, and then they are filled', async () => {
  const first = await service.runJobAndRest();
  expect(first.summary.written['salesforce']).toBeGreaterThan(100);
  expect(first.summary.written['hubspot']).toBeGreaterThan(50);
  const found = await problems();
  expect(found.map(({ object }) => object)).toEqual([
    'Fairway_Registration__c',
    'Opportunity',
    'deals',
    'p_fairway_registration',
  ]);
  expect(found[1]?.message).toContain('Fairway_Who_Decides_Next__c');
  expect(found[1]?.fix).toBe(
    'Connect Salesforce (sandbox) again (npm run fairway -- connect salesforce): that installs what is missing.',
  );

  for (const { id, kind, name, settings, secrets } of await listConnections(service.deps.db)) {
    if (kind !== 'salesforce' && kind !== 'hubspot') continue;
    const opened = openSecrets(service.deps.config.masterKey, id, secrets);
    const { installed } = await connect(service.deps, { kind, name, settings, secrets: opened });
    expect(installed.length).toBeGreaterThanOrEqual(missing[kind].length);
  }
  await service.runJobAndRest();
  expect(await problems()).toHaveLength(0);
  const [filled] = await service.deps.db.execute<{ count: number }>(sql`
    select count(*)::int as count from shadow where fields ->> 'Fairway_Registration_Role__c' = 'rival_deal' or fields ->> 'fairway_registration_role' = 'rival_deal'`);
  expect(filled?.count).toBeGreaterThan(0);
  expect((await service.runJobAndRest()).summary.written).toEqual({ salesforce: 0, hubspot: 0 });
}, 180_000);
