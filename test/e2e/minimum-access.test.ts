import { sql } from 'drizzle-orm';
import { Connection as Jsforce } from 'jsforce';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { requireCrm } from '#connectors/contract/connector.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { fetchJson } from './oracle.ts';
import { openProblems } from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

/** The integration user sees only what the permission set that Fairway deploys shows it. */
let service: Service;
beforeAll(async () => {
  service = await startService({ profile: 'minimum-access' });
}, 180_000);
afterAll(() => service[Symbol.asyncDispose]());

const change = (settings: object): Promise<unknown> =>
  fetchJson(`${service.addresses.salesforce}/sandbox/settings`, settings, 'PATCH');

/** The integration user has the licence for integrations, which allows nothing without a second one. */
it('the check and connecting name the licence that is missing, and where it is assigned', async () => {
  const connection = (await listConnections(service.deps.db)).find(({ kind }) => kind === 'salesforce');
  if (!connection) throw new Error('no connection');
  const crm = requireCrm(service.deps.connectorFor(connection));
  const licences = async () =>
    (await crm.checkAccess?.(crmSchema))?.find(({ about }) => about === 'licences');
  expect(await licences()).toMatchObject({
    result: 'ok',
    message: 'Salesforce Integration with Salesforce API Integration.',
  });
  await change({ withheldLicences: ['SalesforceAPIIntegrationPsl'] });
  const place = expect.stringContaining('Permission Set License Assignments');
  expect(await licences()).toMatchObject({ result: 'missing', fix: place });
  const { accessToken } = z.object({ accessToken: z.string() }).parse(
    await fetchJson(`${service.addresses.salesforce}/sandbox/users`, {
      username: 'other.admin@cascadia.example',
      lastName: 'Admin',
    }),
  );
  const org = new Jsforce({ instanceUrl: service.addresses.salesforce, accessToken, version: '67.0' });
  const { records } = await org.query(
    "SELECT Id FROM PermissionSetAssignment WHERE Assignee.LastName = 'Integration'",
  );
  for (const { Id } of records) await org.sobject('PermissionSetAssignment').destroy(String(Id));
  await expect(crm.install(crmSchema)).rejects.toMatchObject({
    failure: { class: 'permission', fix: place },
  });
  await change({ withheldLicences: [] });
  await crm.install(crmSchema);
  expect(await licences()).toMatchObject({ result: 'ok' });
});

it('a minimum-access user has everything that a run needs', { timeout: 180_000 }, async () => {
  await change({ hidden: ['Account.Phone'] });
  const { summary } = await service.runJob();
  expect(summary.attention).toEqual([]);
  expect(summary.complete).toBe(true);
  expect(summary.written['salesforce']).toBeGreaterThan(50);
  const [{ partners, cities, amounts } = {}] = await service.deps.db.execute<{
    partners: number;
    cities: number;
    amounts: number;
  }>(sql`
    select count(*) filter (where a.is_partner)::int as partners, count(a.city)::int as cities,
           (select count(amount_minor)::int from opportunity) as amounts
      from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id where c.kind = 'salesforce'`);
  expect(partners).toBeGreaterThan(5);
  expect(cities).toBeGreaterThan(100);
  expect(amounts).toBeGreaterThan(100);
  const hidden = (await openProblems(service.deps.db)).filter(({ code }) => code === 'field_hidden');
  // A field that an admin has hidden costs that field and nothing else.
  expect(hidden).toEqual([
    {
      ref: 'Account.Phone',
      code: 'field_hidden',
      message: expect.stringContaining('does not show Account.Phone to the integration user'),
      fix: expect.stringContaining('Setup › Object Manager › Account › Fields & Relationships › Phone'),
    },
  ]);
});

it(
  'a run that no longer sees which accounts are partners is not complete, and names the field and its page of Setup',
  { timeout: 300_000 },
  async () => {
    const connection = (await listConnections(service.deps.db)).find(({ kind }) => kind === 'salesforce');
    if (!connection) throw new Error('no connection');
    const runAfter = async (hidden: readonly string[]) => {
      await change({ hidden });
      // Descriptions are read once an hour; a person who presses the button does not wait.
      await checkConnection(service.deps, { connectionId: connection.id });
      return (await service.runJob()).summary;
    };
    const setup = 'Setup › Object Manager › Account › Fields & Relationships › Type';
    // Phone was hidden when the object was described first, so the mapping has never fitted as a whole.
    const first = await runAfter(['Account.Phone', 'Account.Type']);
    expect(first.complete).toBe(false);
    expect(first.attention).toEqual([
      expect.stringMatching(new RegExp(`^Account of .* could not be read: .*${setup}`)),
    ]);
    expect(await runAfter([])).toMatchObject({ complete: true, attention: [] });
    const second = await runAfter(['Account.Type']);
    expect(second.complete).toBe(false);
    expect(second.attention).toEqual([
      expect.stringMatching(
        new RegExp(`no longer shows which accounts are partners\\. The field Type .*${setup}`),
      ),
    ]);
    const partners = sql`select count(*)::int as partners from account where is_partner and not deleted`;
    expect(Number((await service.deps.db.execute(partners))[0]?.['partners'])).toBeGreaterThan(50);
    expect(await runAfter([])).toMatchObject({ complete: true, attention: [] });
  },
);
