import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@hubspot/api-client';
import { Connection as SalesforceConnection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listConnections, saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';
import { parseSettings } from '#connectors/salesforce/settings.ts';
import { signInBy } from '#connectors/salesforce/sign-in.ts';
import { backends, type StartedBackend } from '#test/support/backends.ts';
import { alone } from '#test/support/connector-input.ts';
import { openProblems, registrationsInReview, type ReviewedRegistration } from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

for (const backend of backends) {
  describe.skipIf(backend.missing)(`the main job with its queue on ${backend.name}`, () => {
    let service: Service;
    let home: StartedBackend;
    let connections: Record<string, Connection>;

    beforeAll(async () => {
      home = await backend.start();
      service = await startService({ queue: home.queue });
      connections = Object.fromEntries(
        (await listConnections(service.deps.db)).map((connection) => [connection.kind, connection]),
      );
    });
    afterAll(async () => {
      await service[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    });

    it('pulls everything, decides every registration and writes the answers back', async () => {
      const callsBefore = {
        salesforce: await callsCounted('salesforce'),
        hubspot: await callsCounted('hubspot'),
      };
      const { summary } = await service.runJob();
      expect(summary.pulled).toMatchObject({ accounts: 2_000, opportunities: 3_000, registrations: 200 });
      expect(summary.pulled.invoices).toBeGreaterThan(500);
      expect(summary.registrations.total).toBe(200);
      expect(
        summary.registrations.approved + summary.registrations.inReview + summary.registrations.rejected,
      ).toBe(200);
      expect(summary.conflicts).toBeGreaterThan(20);
      expect(summary.registrations.approved).toBeGreaterThan(80);
      expect(summary.written.salesforce).toBeGreaterThan(100);
      expect(summary.written.hubspot).toBeGreaterThan(60);
      expect(summary.accruals).toBeGreaterThan(300);
      expect(summary.payouts).toBeGreaterThan(20);
      expect(summary.problems).toBe(0);
      const calls = { salesforce: await callsCounted('salesforce'), hubspot: await callsCounted('hubspot') };
      expect(summary.calls).toEqual({
        salesforce: calls.salesforce - callsBefore.salesforce,
        hubspot: calls.hubspot - callsBefore.hubspot,
      });
    });

    it('finds nothing to write and makes nothing twice when it runs again', async () => {
      const first = (await service.runJob()).summary;
      const again = (await service.runJob()).summary;
      expect(first.written).toEqual({ salesforce: 0, hubspot: 0 });
      expect(again).toMatchObject({
        written: { salesforce: 0, hubspot: 0 },
        pulled: { accounts: 0, opportunities: 0, registrations: 0, invoices: 0 },
      });
      expect([again.accruals, again.payouts, again.registrations, again.conflicts]).toEqual([
        first.accruals,
        first.payouts,
        first.registrations,
        first.conflicts,
      ]);
    });

    it('puts its answer back on a Salesforce opportunity that somebody changed', async () => {
      await service.runJob(); // takes in the echo of the writes before
      const salesforce = await salesforceClient(connection('salesforce'));
      const [changed] = (
        await salesforce.query(
          "SELECT Id, Fairway_Registered_Partner__c FROM Opportunity WHERE Fairway_Registration_Status__c = 'approved' LIMIT 1",
        )
      ).records;
      const id = String(changed?.['Id']);
      await salesforce.sobject('Opportunity').update({
        Id: id,
        Amount: 123_456,
        Fairway_Registration_Status__c: 'rejected',
        Fairway_Registered_Partner__c: 'Somebody else',
      });
      await service.runJob();
      // The run or the event stream reads the change; both bring the answer back.
      const now = (): Promise<Record<string, unknown>> => salesforce.sobject('Opportunity').retrieve(id);
      await service.workUntil(async () => (await now())['Fairway_Registration_Status__c'] === 'approved');
      expect(await now()).toMatchObject({
        Amount: 123_456,
        Fairway_Registered_Partner__c: changed?.['Fairway_Registered_Partner__c'],
      });
    });

    it('puts its answer back on a HubSpot deal that somebody changed', async () => {
      await service.runJob(); // takes in the echo of the writes before
      const hubspot = hubspotClient(connection('hubspot'));
      const properties = ['amount', 'fairway_registration_status', 'fairway_registered_partner'];
      const found = await (
        await hubspot.apiRequest({
          method: 'POST',
          path: '/crm/objects/2026-09/deals/search',
          body: {
            filterGroups: [
              {
                filters: [{ propertyName: 'fairway_registration_status', operator: 'EQ', value: 'approved' }],
              },
            ],
            sorts: [],
            properties,
            limit: 1,
            after: 0,
          },
        })
      ).json();
      const { id, properties: before } = (
        found as { results: { id: string; properties: Record<string, string> }[] }
      ).results[0] ?? {
        id: '',
        properties: {},
      };
      await hubspot.apiRequest({
        method: 'PATCH',
        path: `/crm/objects/2026-09/deals/${id}`,
        body: { properties: { amount: '4321', fairway_registration_status: '' } },
      });
      const { summary } = await service.runJob();
      expect(summary.pulled.opportunities).toBe(1);
      expect(summary.written.hubspot).toBe(1);
      const now = (await (
        await hubspot.apiRequest({
          method: 'GET',
          path: `/crm/objects/2026-09/deals/${id}?properties=${properties.join(',')}`,
        })
      ).json()) as { properties: Record<string, string> };
      expect(now.properties).toMatchObject({
        amount: '4321',
        fairway_registration_status: 'approved',
        fairway_registered_partner: before['fairway_registered_partner'],
      });
    });

    it.for(['salesforce', 'hubspot'] as const)(
      'answers a queued registration once the rival opportunity in %s is lost',
      async (kind) => {
        const held = (await registrationsInReview(service.deps.db)).find(
          (one) =>
            one.system === kind &&
            one.rivals.length > 0 &&
            one.rivals.every((rival) => rival.system === kind),
        );
        expect(held, 'the sample has a registration held up by open opportunities alone').toBeDefined();
        const { extId, rivals } = held as ReviewedRegistration;
        if (kind === 'salesforce') {
          const salesforce = await salesforceClient(connection(kind));
          for (const rival of rivals)
            await salesforce.sobject('Opportunity').update({ Id: rival.extId, StageName: 'Closed Lost' });
          await service.runJob();
          const now = await salesforce.sobject('Fairway_Registration__c').retrieve(extId);
          expect(now['Status__c']).toBe('approved');
        } else {
          const hubspot = hubspotClient(connection(kind));
          for (const rival of rivals)
            await hubspot.apiRequest({
              method: 'PATCH',
              path: `/crm/objects/2026-09/deals/${rival.extId}`,
              body: { properties: { dealstage: 'closedlost' } },
            });
          await service.runJob();
          const now = (await (
            await hubspot.apiRequest({
              method: 'GET',
              path: `/crm/objects/2026-09/p_fairway_registration/${extId}?properties=status`,
            })
          ).json()) as { properties: Record<string, string> };
          expect(now.properties['status']).toBe('approved');
        }
      },
    );

    it('reports an unreadable invoice row with the reason and the fix, takes the rest, and forgets it once mended', async () => {
      const file = join(service.erpDir, 'in', 'late.csv');
      const names = await readdir(join(service.erpDir, 'in'));
      const sample = names.find((name) => name.endsWith('.csv')) ?? '';
      const [header = '', row = ''] = (await readFile(join(service.erpDir, 'in', sample), 'utf8')).split(
        /\r?\n/,
      );
      const cells = row.split(',');
      const withNumber = (number: string, amount: string): string =>
        [number, 'invoice', cells[2], 'Late Customer', 'USD', amount, '2026-10-05', '2026-10-20', ''].join(
          ',',
        );
      await writeFile(
        file,
        `${header}\n${withNumber('LATE-1', '100.00')}\n${withNumber('LATE-2', 'one hundred')}\n${withNumber('LATE-3', '7.00').replace(cells[2] ?? '', 'P-9999')}\n`,
      );
      const { summary } = await service.runJob();
      expect(summary.problems).toBe(2);
      const problems = await openProblems(service.deps.db);
      expect(problems.map((problem) => problem.ref)).toEqual(
        expect.arrayContaining(['late.csv:3', 'LATE-3']),
      );
      for (const problem of problems) expect(problem.fix).not.toBe('');
      await writeFile(
        file,
        `${header}\n${withNumber('LATE-1', '100.00')}\n${withNumber('LATE-2', '100.00')}\n${withNumber('LATE-3', '7.00')}\n`,
      );
      expect((await service.runJob()).summary.problems).toBe(0);
      await rm(file);
    });

    it('says which connection was refused, in the vendor’s words, while the others go on', async () => {
      const hubspot = connection('hubspot');
      const { masterKey } = service.deps.config;
      const sealed = sealSecrets(masterKey, hubspot.id, { accessToken: 'pat-na1-wrong' });
      await saveConnection(service.deps.db, { ...hubspot, secrets: sealed });
      const { summary } = await service.runJob();
      expect(summary.problems).toBeGreaterThan(0);
      const failing = (await listConnections(service.deps.db)).find((one) => one.kind === 'hubspot');
      expect(failing).toMatchObject({ status: 'failing', failure: { class: 'auth' } });
      expect(failing?.failure?.fix).toMatch(/token/i);
      await saveConnection(service.deps.db, hubspot);
      expect((await service.runJob()).summary.problems).toBe(0);
    });

    it('withdraws a registration that was deleted in Salesforce, and its protection with it', async () => {
      const salesforce = await salesforceClient(connection('salesforce'));
      const before = (await service.runJob()).summary;
      const approved =
        "SELECT Id, Opportunity__c FROM Fairway_Registration__c WHERE Status__c = 'approved' AND Opportunity__c != null LIMIT 1";
      const [registration] = (await salesforce.query(approved)).records;
      await salesforce.sobject('Fairway_Registration__c').destroy(String(registration?.['Id']));
      const after = (await service.runJob()).summary;
      expect(after.registrations.total).toBe(before.registrations.total - 1);
      const opportunity = await salesforce
        .sobject('Opportunity')
        .retrieve(String(registration?.['Opportunity__c']));
      expect(opportunity['Fairway_Registration_Status__c']).toBeNull();
      expect((await service.runJob()).summary).toMatchObject({
        problems: 0,
        written: { salesforce: 0, hubspot: 0 },
      });
    });

    /**
     * Listening for hints continues during the run and counts against no limit of the account.
     */
    async function callsCounted(vendor: 'salesforce' | 'hubspot'): Promise<number> {
      return (await service.callsTo(vendor)).filter(({ path }) => !/^\/(webhooks-journal|oauth)\//.test(path))
        .length;
    }

    function connection(kind: 'salesforce' | 'hubspot'): Connection {
      const found = connections[kind];
      if (!found) throw new Error(`no ${kind} connection`);
      return found;
    }

    async function salesforceClient(of: Connection): Promise<SalesforceConnection> {
      const { privateKeyPem = '' } = openSecrets(service.deps.config.masterKey, of.id, of.secrets);
      const settings = parseSettings({
        settings: { ...of.settings, loginUrl: service.addresses.salesforce },
        secrets: { privateKeyPem },
      });
      const session = await signInBy(settings, () => new Date(), alone.tokens, alone.outbound).open();
      return new SalesforceConnection({
        instanceUrl: session.instanceUrl,
        accessToken: session.accessToken,
        version: '67.0',
      });
    }

    function hubspotClient(of: Connection): Client {
      return new Client({
        accessToken: openSecrets(service.deps.config.masterKey, of.id, of.secrets)['accessToken'] ?? '',
        basePath: service.addresses.hubspot,
        numberOfApiCallRetries: 0,
      });
    }
  });
}
