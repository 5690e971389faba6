import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PushBatch } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { lanes, type Lane } from '#src/domain/connections/budget.ts';
import { loadMapping } from '#src/operations/connections/use-connection.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import { openIntents } from '#test/support/queries.ts';
import {
  pushing,
  refuseProduct,
  startTwoWayWorld,
  type CrmKind,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};

describe.each(['salesforce', 'hubspot'] as const)('writing to %s', { timeout: 60_000 }, (crm) => {
  it('puts back what somebody changed in a field that only Fairway writes, and logs each such change once', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.sync();
    await world.editInCrm(crm, registration, { status: 'rejected' });
    await world.sync();
    expect(await world.inCrm(crm, registration, ['status'])).toEqual({ status: 'approved' });
    expect((await world.sync())[crm]).toBe(0);
    const once = {
      field: 'status',
      base: 'approved',
      theirs: 'rejected',
      ours: 'approved',
      policy: 'fairway',
      winner: 'fairway',
    };
    expect(await world.resolutions(registration)).toMatchObject([once]);
    await world.editInCrm(crm, registration, { status: 'withdrawn' });
    await world.sync();
    await world.sync();
    expect(await world.inCrm(crm, registration, ['status'])).toEqual({ status: 'approved' });
    expect(await world.resolutions(registration)).toMatchObject([once, { ...once, theirs: 'withdrawn' }]);
  });

  it('is not undone by a view from before it, however late that arrives', async () => {
    const registration = await world.unusedRegistration(crm);
    const connection = await world.connection(crm);
    const connector = world.deps.connectorFor(connection);
    const mapping = await loadMapping(world.deps, connection, connector, 'registration');
    if (!mapping) throw new Error('no mapping');
    const askedAt = world.deps.clock();
    const [stale] = await connector.fetch(mapping.object, [registration.extId], remoteFields(mapping));
    await world.editHere(registration, { customerName: 'Ours, just written' });
    await world.service.workUntil(
      async () => (await openIntents(world.deps.db)) === 0 && (await writtenAt(registration.extId)) !== null,
    );
    // A search index that shows an earlier change but not ours.
    const stamp = new Date(Date.parse((await writtenAt(registration.extId)) ?? '') - 1).toISOString();
    const view = {
      ...stale,
      extId: registration.extId,
      deleted: false,
      modifiedAt: stamp,
      fields: { ...stale?.fields },
    };
    await world.deps.db.execute(
      sql`update remote_record set modified_at = '2026-01-01', pulled_at = '2026-01-01' where ext_id = ${registration.extId}`,
    );
    const showing = { pulledAt: askedAt, at: world.deps.clock(), via: 'read', replaceBy: 'stamp' } as const;
    await world.deps.db.transaction((tx) =>
      saveRemoteRecords(tx, connection.id, mapping.object, [view], showing),
    );
    await placeRecords(world.deps, null, noProgress);
    expect(await world.here(registration)).toMatchObject({ customerName: 'Ours, just written' });
    expect(
      await planWrites(
        world.deps,
        { runId: null, scope: { registrationIds: [registration.id] } },
        noProgress,
      ),
    ).toBe(0);
    await world.sync();
    expect(await world.inCrm(crm, registration, ['customerName'])).toEqual({
      customerName: 'Ours, just written',
    });
    expect(await world.resolutions(registration)).toEqual([]);
  });

  it('sends what a person has decided first and what hints brought next, each through the calls kept for it, then the rest by what the vendor locks together', async () => {
    const { id: connectionId } = await world.connection(crm);
    const registration = await world.unusedRegistration(crm);
    const summary = `Looked at again for ${crm}.`;
    await world.deps.db.execute(
      sql`update registration set conflict_summary = ${summary} where status <> 'approved'`,
    );
    await planWrites(world.deps, { runId: world.deps.ids(), scope: {}, connectionId }, noProgress);
    const hinted = await someRegistrations(connectionId, 2);
    await planWrites(
      world.deps,
      { runId: null, scope: { registrationIds: hinted }, connectionId, urgent: false },
      noProgress,
    );
    await world.editHere(registration, { customerName: 'Waited for' });
    await planWrites(world.deps, { runId: null, scope: { registrationIds: [registration.id] } }, noProgress);
    const parents = await parentsOf(connectionId);
    const sent: { readonly lane: Lane; readonly batch: PushBatch }[] = [];
    const watched = pushing(world.deps, (connector, batch, lane) => {
      sent.push({ lane, batch });
      return connector.push(batch);
    });
    await pushConnection(watched, { connectionId, runId: null }, noProgress);
    expect(sent[0]?.lane).toBe('interactive');
    expect(sent[0]?.batch.writes.map((write) => write.extId)).toEqual([registration.extId]);
    const rest = sent.filter(({ lane }) => lane === 'bulk');
    const sentLanes = sent.map(({ lane }) => lane);
    expect(sentLanes).toEqual(sentLanes.toSorted((a, b) => lanes.indexOf(a) - lanes.indexOf(b)));
    const early = sent.filter(({ lane }) => lane === 'hint').flatMap(({ batch }) => batch.writes);
    expect(early.length).toBeGreaterThanOrEqual(hinted.length);
    expect(rest.length).toBeGreaterThan(0);
    for (const { batch } of rest) {
      const parentsInOrder = batch.writes.map((write) => parents.get(write.extId ?? '') ?? '');
      expect(parentsInOrder.filter((parent) => parent !== '').length).toBeGreaterThan(
        parentsInOrder.length / 2,
      );
      expect(changes(parentsInOrder)).toBe(new Set(parentsInOrder).size);
    }
    expect(new Set(rest.map(({ batch }) => batch.object)).size).toBe(rest.length);
  });

  it('looks at the record before it repeats a write with an unknown outcome, and does not write what has landed', async () => {
    const { id: connectionId } = await world.connection(crm);
    const registration = await world.unusedRegistration(crm);
    const deaf = pushing(world.deps, async (connector, batch) => {
      await connector.push(batch);
      throw new ConnectorError({
        class: 'retry',
        code: 'ETIMEDOUT',
        message: 'No answer.',
        fix: 'Nothing to do.',
      });
    });
    await world.deps.db.execute(
      sql`update registration set reason = 'Said once.' where id = ${registration.id}`,
    );
    await planWrites(world.deps, { runId: null, scope: { registrationIds: [registration.id] } }, noProgress);
    await expect(pushConnection(deaf, { connectionId, runId: null }, noProgress)).rejects.toThrow(
      /ETIMEDOUT/,
    );
    let writes = 0;
    const counted = pushing(world.deps, (connector, batch) => {
      writes += batch.writes.length;
      return connector.push(batch);
    });
    await pushConnection(counted, { connectionId, runId: null }, noProgress);
    expect(writes).toBe(0);
    expect(await world.inCrm(crm, registration, ['reason'])).toEqual({ reason: 'Said once.' });
    expect(await openIntents(world.deps.db)).toBe(0);
  });

  it('sends dead letters again without a run once somebody has fixed the cause', async () => {
    const { id: connectionId } = await world.connection(crm);
    const registration = await world.unusedRegistration(crm);
    await refuseProduct(world.service, crm, 'Forbidden', 'conflict_summary');
    await world.editHere(registration, { productFamily: 'Forbidden' });
    await world.service.workUntil(async () => (await deadLetters(crm)) === 1);
    await refuseProduct(world.service, crm, null);
    expect(await retryDeadLetters(world.deps, { connectionId, code: 'SOMETHING_ELSE', personId: null })).toBe(
      0,
    );
    expect(await retryDeadLetters(world.deps, { connectionId, personId: null })).toBe(1);
    await world.service.workUntil(async () => (await openIntents(world.deps.db)) === 0);
    expect(await world.inCrm(crm, registration, ['productFamily'])).toEqual({ productFamily: 'Forbidden' });
  });
});

async function writtenAt(extId: string): Promise<string | null> {
  const [row] = await world.deps.db.execute<{ at: string | null }>(
    sql`select coalesce(modified_at, written_at) as at from shadow where ext_id = ${extId} and fields::text like '%just written%'`,
  );
  return row?.at ?? null;
}

async function someRegistrations(connectionId: string, count: number): Promise<string[]> {
  const rows = await world.deps.db.execute<{ id: string }>(
    sql`select record_id as id from write_intent where connection_id = ${connectionId} and kind = 'registration' and status = 'pending' order by id desc limit ${count}`,
  );
  return rows.map(({ id }) => id);
}

async function parentsOf(connectionId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await world.deps.db.execute<{ extId: string; parent: string }>(
    sql`select ext_id as "extId", coalesce(parent, '') as parent from write_intent where connection_id = ${connectionId} and status = 'pending'`,
  );
  return new Map(rows.map((row) => [row.extId, row.parent]));
}

/** The number of runs of equal neighbours. */
const changes = (values: readonly string[]): number =>
  values.filter((value, index) => index === 0 || value !== values[index - 1]).length;

async function deadLetters(crm: CrmKind): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(
    sql`select count(*)::int as count from write_intent w join connection c on c.id = w.connection_id where c.kind = ${crm} and w.status = 'dead'`,
  );
  return row?.count ?? 0;
}
