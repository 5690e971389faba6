import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { listConnections, saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { withConnection } from '#src/operations/connections/use-connection.ts';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { writeBack } from '#src/operations/write/write-back.ts';
import {
  anyPayout,
  countRows,
  linkedReview,
  openIntents,
  openProblems,
  remoteIdOf,
} from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

const noProgress = async (): Promise<void> => {};
const deny = (object: string) =>
  new ConnectorError({
    class: 'permission',
    code: 'INSUFFICIENT_ACCESS',
    message: `No access to ${object}.`,
    fix: `Let the integration user read ${object}.`,
  });

describe('with a connection in trouble', { timeout: 120_000 }, () => {
  let service: Service;
  let deps: Deps;
  let salesforce: Connection;
  let hubspot: Connection;
  let personId: string;

  beforeAll(async () => {
    service = await startService();
    deps = service.deps;
    const all = await listConnections(deps.db);
    salesforce = all.find((one) => one.kind === 'salesforce') as Connection;
    hubspot = all.find((one) => one.kind === 'hubspot') as Connection;
    personId = (await createLoginLink(deps, { email: 'olga@example.com', role: 'ops' })).person.id;
  }, 60_000);
  afterAll(() => service[Symbol.asyncDispose]());

  const current = async (id: string) => (await listConnections(deps.db)).find((one) => one.id === id);
  async function breakHubspot(): Promise<void> {
    await saveConnection(deps.db, {
      ...hubspot,
      secrets: sealSecrets(deps.config.masterKey, hubspot.id, { accessToken: 'pat-na1-wrong' }),
    });
  }
  const mendHubspot = () =>
    saveConnection(deps.db, {
      ...hubspot,
      secrets: sealSecrets(
        deps.config.masterKey,
        hubspot.id,
        openSecrets(deps.config.masterKey, hubspot.id, hubspot.secrets),
      ),
    });
  const record = async (connection: Connection, object: string, extId: string, fields: readonly string[]) =>
    (await deps.connectorFor(connection).fetch(object, [extId], fields))[0];

  it('one CRM that never let us in does not keep the other from its answers', async () => {
    await breakHubspot();
    const { summary } = await service.runJob();
    expect(summary.written.salesforce).toBeGreaterThan(100);
    expect(summary.written.hubspot).toBe(0);
    expect((await current(hubspot.id))?.status).toBe('failing');
    expect(summary.problems).toBeGreaterThan(0);
    // Closing the month now would leave HubSpot's partners out of it.
    expect(summary.payouts).toBe(0);
    await mendHubspot();
    const mended = await service.runJob();
    expect(mended.summary.written.hubspot).toBeGreaterThan(50);
    expect(mended.summary.problems).toBe(0);
    expect(await service.countRecords('hubspot', 'payout')).toBeGreaterThan(0);
    expect(mended.summary.payouts).toBe(
      (await service.countRecords('hubspot', 'payout')) +
        (await service.countRecords('salesforce', 'payout')),
    );
    expect((await current(hubspot.id))?.status).toBe('active');
  });

  it('a refusal of one object stays visible while the rest of the connection works', async () => {
    const errand = (about: string) => ({ connectionId: salesforce.id, runId: null, about });
    await expect(
      withConnection(deps, errand('Contact'), () => Promise.reject(deny('Contact'))),
    ).rejects.toThrow(/No access/);
    await withConnection(deps, errand('Account'), async (_, connector) => connector.check());
    expect(await current(salesforce.id)).toMatchObject({
      status: 'failing',
      failure: { message: 'No access to Contact.' },
    });
    expect((await openProblems(deps.db)).map((one) => one.message)).toEqual(['No access to Contact.']);
    await withConnection(deps, errand('Contact'), async () => {});
    expect(await current(salesforce.id)).toMatchObject({ status: 'active', failure: null });
  });

  it('mapping the same records from two workers at once makes each of them once', async () => {
    await deps.db.execute('update remote_record set mapped_hash = null');
    const before = await countRows(deps.db, 'account');
    await Promise.all([
      placeRecords(deps, deps.ids(), noProgress).catch(() => {}),
      placeRecords(deps, deps.ids(), noProgress).catch(() => {}),
    ]);
    expect(await countRows(deps.db, 'account')).toBe(before);
    expect(await countRows(deps.db, 'link')).toBeGreaterThan(before);
  });

  it('a decision that overtakes a write under way is what the CRM ends with', async () => {
    const { number } = await linkedReview(deps.db, 'salesforce');
    const { recordId, extId } = await remoteIdOf(deps.db, number);
    await deps.db.execute(
      `update registration set conflict_summary = 'Looked at again.' where number = '${number}'`,
    );
    await planWrites(
      deps,
      { runId: null, scope: { registrationIds: [recordId], payoutBatchIds: [] } },
      noProgress,
    );
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow: Deps = {
      ...deps,
      connectorFor: (connection) =>
        held(requireCrm(deps.connectorFor(connection)), gate.promise, reached.resolve),
    };
    const first = pushConnection(slow, { connectionId: salesforce.id, runId: null }, noProgress);
    await reached.promise;
    await reviewRegistration(deps, { registrationId: recordId, decision: 'approve', reason: '', personId });
    const second = writeBack(deps, { registrationIds: [recordId], payoutBatchIds: [] }, noProgress);
    gate.resolve();
    await Promise.all([first, second]);
    expect((await record(salesforce, 'Fairway_Registration__c', extId, ['Status__c']))?.fields).toEqual({
      Status__c: 'approved',
    });
    expect(await openIntents(deps.db)).toBe(0);
  });

  it('a decision reaches its CRM although another CRM is down with work pending', async () => {
    const { number } = await linkedReview(deps.db, 'salesforce');
    const { recordId, extId } = await remoteIdOf(deps.db, number);
    const other = await remoteIdOf(deps.db, (await linkedReview(deps.db, 'hubspot')).number);
    await breakHubspot();
    for (const registrationId of [recordId, other.recordId])
      await reviewRegistration(deps, { registrationId, decision: 'approve', reason: '', personId });
    await expect(
      writeBack(deps, { registrationIds: [recordId, other.recordId], payoutBatchIds: [] }, noProgress),
    ).rejects.toThrow(/INVALID_AUTHENTICATION/);
    expect((await record(salesforce, 'Fairway_Registration__c', extId, ['Status__c']))?.fields).toEqual({
      Status__c: 'approved',
    });
    await mendHubspot();
    await service.runJob();
    expect(await openIntents(deps.db)).toBe(0);
  });

  it('an opportunity that its registration has left is no longer the registered deal, but a rival of it', async () => {
    const { number } = await linkedReview(deps.db, 'salesforce');
    const { extId, opportunityExtId } = await remoteIdOf(deps.db, number);
    await edit(salesforce, 'Fairway_Registration__c', extId, { Opportunity__c: null });
    await service.runJob();
    const shown = await record(salesforce, 'Opportunity', opportunityExtId, [
      'Fairway_Registration_Status__c',
      'Fairway_Registration_Role__c',
    ]);
    expect(shown?.fields).toEqual({
      Fairway_Registration_Status__c: 'in_review',
      Fairway_Registration_Role__c: 'rival_deal',
    });
    expect((await service.runJob()).summary.written.salesforce).toBe(0);
  });

  it('a record that is gone from the CRM is marked as deleted once a write finds out, and not written again', async () => {
    const { number } = await linkedReview(deps.db, 'hubspot');
    const { recordId, extId } = await remoteIdOf(deps.db, number);
    const { accessToken = '' } = openSecrets(deps.config.masterKey, hubspot.id, hubspot.secrets);
    const address = `${service.addresses.hubspot}/crm/objects/2026-09/p_fairway_registration/${extId}`;
    expect(
      (await fetch(address, { method: 'DELETE', headers: { authorization: `Bearer ${accessToken}` } }))
        .status,
    ).toBe(204);
    await reviewRegistration(deps, { registrationId: recordId, decision: 'approve', reason: '', personId });
    await service.runJob();
    const total = (await service.runJob()).summary;
    expect(total.registrations.total).toBe(199);
    expect(total.problems).toBe(0);
    expect(await openIntents(deps.db)).toBe(0);
  });

  it('a payout record that somebody deleted in the CRM is made again', async () => {
    const before = await service.countRecords('hubspot', 'payout');
    const { accessToken = '' } = openSecrets(deps.config.masterKey, hubspot.id, hubspot.secrets);
    const extId = await anyPayout(deps.db, hubspot.id);
    const address = `${service.addresses.hubspot}/crm/objects/2026-09/p_fairway_payout/${extId}`;
    expect(
      (await fetch(address, { method: 'DELETE', headers: { authorization: `Bearer ${accessToken}` } }))
        .status,
    ).toBe(204);
    expect(await service.countRecords('hubspot', 'payout')).toBe(before - 1);
    // HubSpot shows the deletion only to a complete comparison. A write finds it before that.
    for (const table of ['shadow', 'remote_record'])
      await deps.db.execute(
        `update ${table} set fields = fields || '{"status":"paid"}' where ext_id = '${extId}'`,
      );
    await service.runJob();
    await service.runJob();
    expect(await service.countRecords('hubspot', 'payout')).toBe(before);
    expect(await openIntents(deps.db)).toBe(0);
  });

  /** A connector whose first push waits at the gate. */
  function held(connector: CrmConnector, gate: Promise<void>, onReached: () => void): CrmConnector {
    return {
      ...connector,
      calls: () => connector.calls(),
      limits: () => connector.limits(),
      push: async (batch) => {
        onReached();
        await gate;
        return connector.push(batch);
      },
    };
  }

  async function edit(
    connection: Connection,
    object: string,
    extId: string,
    fields: Readonly<Record<string, string | null>>,
  ): Promise<void> {
    const [outcome] = await requireCrm(deps.connectorFor(connection)).push({
      object,
      operation: 'update',
      keyField: null,
      writes: [{ id: 'edit', extId, keyValue: null, fields }],
    });
    expect(outcome).toMatchObject({ ok: true });
  }
});
