import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PushBatch, PushOutcome } from '#connectors/contract/crm.ts';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import {
  pushing,
  startTwoWayWorld,
  type CrmRegistration,
  type CrmKind,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};
const gone: RemoteFailure = {
  class: 'gone',
  code: 'ENTITY_IS_DELETED',
  message: 'It is deleted.',
  fix: 'Restore it.',
};

describe.each(['salesforce', 'hubspot'] as const)('a planned write to %s', { timeout: 60_000 }, (crm) => {
  it('is not sent once the edit was reverted, and leaves no edit behind', async () => {
    const registration = await world.unusedRegistration(crm);
    const { productFamily } = await world.here(registration);
    await world.editHere(registration, { productFamily: 'For a moment' });
    await plan(registration);
    await world.editHere(registration, { productFamily: String(productFamily) });
    expect(await pushed(crm)).toEqual([]);
    expect(await openOf(registration)).toBe(0);
    expect(await editsOf(registration)).toEqual({});
  });

  it('says what was edited last, also when only an earlier edit was planned', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { customerName: 'First' });
    await plan(registration);
    await world.editHere(registration, { customerName: 'Second' });
    const sent = await pushed(crm);
    expect(sent.map((fields) => Object.values(fields))).toEqual([['Second']]);
  });

  it('that is looked at again says at once what somebody changed in a field that only Fairway writes', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editInCrm(crm, registration, { status: 'rejected' });
    await world.editHere(registration, { customerName: `Looked at in ${crm}` });
    await plan(registration);
    const sent = await pushed(crm);
    expect(sent.map((fields) => new Set(Object.values(fields)))).toEqual([
      new Set([`Looked at in ${crm}`, 'approved']),
    ]);
    expect(await world.resolutions(registration)).toMatchObject([
      { field: 'status', theirs: 'rejected', ours: 'approved', winner: 'fairway' },
    ]);
  });

  it('whose record was read with somebody’s change before the answer was kept has it fetched again', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { customerName: 'On its way' });
    await plan(registration);
    await pushed(crm, async (batch, push) => {
      const outcomes = await push(batch);
      await world.editInCrm(crm, registration, { productFamily: 'Changed meanwhile' });
      await read(crm);
      await placeRecords(world.deps, null, noProgress);
      return outcomes;
    });
    expect(await doubts(registration)).toBe(1);
    await world.sync();
    expect(await world.here(registration)).toMatchObject({
      customerName: 'On its way',
      productFamily: 'Changed meanwhile',
    });
    expect(await world.resolutions(registration)).toEqual([]);
  });

  it('that finds its record gone says so in the record’s history', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { customerName: 'Too late' });
    await plan(registration);
    await pushed(crm, async (batch) => refused(batch));
    expect(await isGone(registration)).toBe(true);
    expect(await changesSeen(registration)).toEqual([{ what: 'deleted', via: 'write' }]);
  });

  it('does not mark as deleted what was restored and read before the answer was stored', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { customerName: 'Too early' });
    await plan(registration);
    await pushed(crm, async (batch) => {
      await world.editInCrm(crm, registration, { productFamily: 'Restored' });
      await read(crm);
      return refused(batch);
    });
    expect(await isGone(registration)).toBe(false);
    expect((await changesSeen(registration)).map((change) => change.what)).not.toContain('deleted');
  });
});

const plan = (registration: CrmRegistration) =>
  planWrites(world.deps, { runId: null, scope: { registrationIds: [registration.id] } }, noProgress);

const refused = (batch: PushBatch): PushOutcome[] =>
  batch.writes.map(({ id }) => ({ id, ok: false, failure: gone }));

type Push = (batch: PushBatch) => Promise<readonly PushOutcome[]>;

/** Sends what is planned, in another way if one is given. Returns the fields of each write. */
async function pushed(
  crm: CrmKind,
  otherwise?: (batch: PushBatch, push: Push) => Promise<readonly PushOutcome[]>,
): Promise<RemoteFields[]> {
  const { id: connectionId } = await world.connection(crm);
  const sent: RemoteFields[] = [];
  const watched = pushing(world.deps, async (connector, batch) => {
    sent.push(...batch.writes.map((write) => write.fields));
    const push: Push = (one) => connector.push(one);
    return otherwise ? otherwise(batch, push) : push(batch);
  });
  await pushConnection(watched, { connectionId, runId: null }, noProgress);
  return sent;
}

async function read(crm: CrmKind): Promise<void> {
  const { id: connectionId } = await world.connection(crm);
  const object =
    world.deps.packs.find((pack) => pack.system === crm && pack.kind === 'registration')?.object ?? '';
  await pullObject(world.deps, { runId: null, connectionId, object, kind: 'registration' }, noProgress);
}

async function one(query: ReturnType<typeof sql>): Promise<Record<string, unknown> | undefined> {
  const [row] = await world.deps.db.execute(query);
  return row;
}

const openOf = async ({ id }: CrmRegistration) =>
  (
    await one(
      sql`select count(*)::int as count from write_intent where record_id = ${id} and status in ('pending', 'dead')`,
    )
  )?.['count'];
const editsOf = async ({ extId }: CrmRegistration) =>
  (await one(sql`select edits from shadow where ext_id = ${extId}`))?.['edits'];
const isGone = async ({ extId }: CrmRegistration) =>
  (await one(sql`select deleted from remote_record where ext_id = ${extId}`))?.['deleted'];
const doubts = async ({ extId }: CrmRegistration) =>
  (await one(sql`select count(*)::int as count from hint where ext_id = ${extId} and via = 'recheck'`))?.[
    'count'
  ];
const changesSeen = async ({ extId }: CrmRegistration) => [
  ...(await world.deps.db.execute(
    sql`select what, via from remote_change where ext_id = ${extId} and via = 'write'`,
  )),
];
