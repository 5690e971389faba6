import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { openIntents, openProblems } from '#test/support/queries.ts';
import {
  pushing,
  refuseProduct,
  startTwoWayWorld,
  type CrmRegistration,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

/** Known bugs of other products in writing to CRMs. */
let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};
const plan = (registration: CrmRegistration) =>
  planWrites(world.deps, { runId: null, scope: { registrationIds: [registration.id] } }, noProgress);

describe.each(['salesforce', 'hubspot'] as const)('writing to %s', { timeout: 60_000 }, (crm) => {
  afterEach(() => refuseProduct(world.service, crm, null));

  test('a newer value never loses to an older write that lands later (Heroku Connect flip-flop)', async () => {
    const registration = await world.unusedRegistration(crm);
    const { id: connectionId } = await world.connection(crm);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow = pushing(world.deps, async (connector, batch) => {
      reached.resolve();
      await gate.promise;
      return connector.push(batch);
    });
    await world.editHere(registration, { customerName: 'Older' });
    await plan(registration);
    const older = pushConnection(slow, { connectionId, runId: null }, noProgress);
    await reached.promise;
    await world.editHere(registration, { customerName: 'Newer' });
    await plan(registration);
    const newer = pushConnection(world.deps, { connectionId, runId: null }, noProgress);
    gate.resolve();
    await Promise.all([older, newer]);
    expect(await world.inCrm(crm, registration, ['customerName'])).toEqual({ customerName: 'Newer' });
    await world.sync();
    expect((await world.sync())[crm]).toBe(0);
    expect(await world.inCrm(crm, registration, ['customerName'])).toEqual({ customerName: 'Newer' });
    expect(await world.here(registration)).toMatchObject({ customerName: 'Newer' });
    expect(await world.resolutions(registration)).toEqual([]);
  });

  test('a newer value never loses to an older write whose answer was lost', async () => {
    const registration = await world.unusedRegistration(crm);
    const { id: connectionId } = await world.connection(crm);
    const deaf = pushing(world.deps, async (connector, batch) => {
      await connector.push(batch);
      throw new ConnectorError({
        class: 'retry',
        code: 'ETIMEDOUT',
        message: 'No answer.',
        fix: 'Nothing to do.',
      });
    });
    await world.editHere(registration, { contactEmail: 'older@example.com' });
    await plan(registration);
    await expect(pushConnection(deaf, { connectionId, runId: null }, noProgress)).rejects.toThrow(
      /ETIMEDOUT/,
    );
    await world.editHere(registration, { contactEmail: 'newer@example.com' });
    await world.sync();
    expect(await world.inCrm(crm, registration, ['contactEmail'])).toEqual({
      contactEmail: 'newer@example.com',
    });
    expect(await world.here(registration)).toMatchObject({ contactEmail: 'newer@example.com' });
    expect(await world.resolutions(registration)).toEqual([]);
  });

  test('a late write does not revive a deleted record (Heroku Connect)', async () => {
    const registration = await world.unusedRegistration(crm);
    const { id: connectionId } = await world.connection(crm);
    await world.editHere(registration, { customerName: 'Too late' });
    await plan(registration);
    await world.removeInCrm(crm, registration);
    await pushConnection(world.deps, { connectionId, runId: null }, noProgress);
    await world.sync();
    expect(await world.here(registration)).toMatchObject({ deleted: true });
    const [object = ''] = world.deps.packs.flatMap((pack) =>
      pack.system === crm && pack.kind === 'registration' ? [pack.object] : [],
    );
    const [record] = await world.deps
      .connectorFor(await world.connection(crm))
      .fetch(object, [registration.extId], []);
    expect(record).toMatchObject({ deleted: true });
    expect(await openIntents(world.deps.db)).toBe(0);
    expect((await world.sync())[crm]).toBe(0);
  });

  test('one bad row does not stop the batch', async () => {
    await refuseProduct(world.service, crm, 'Forbidden');
    const [bad, ...good] = [
      await world.unusedRegistration(crm),
      await world.unusedRegistration(crm),
      await world.unusedRegistration(crm),
    ];
    await world.editHere(bad as CrmRegistration, { productFamily: 'Forbidden' });
    for (const registration of good) await world.editHere(registration, { productFamily: 'Allowed' });
    await world.sync();
    for (const registration of good)
      expect(await world.inCrm(crm, registration, ['productFamily'])).toEqual({ productFamily: 'Allowed' });
    expect((await openProblems(world.deps.db)).map((one) => one.ref)).toEqual([bad?.extId]);
    await refuseProduct(world.service, crm, null);
    await world.sync();
    expect(await world.inCrm(crm, bad as CrmRegistration, ['productFamily'])).toEqual({
      productFamily: 'Forbidden',
    });
  });

  test('rows that failed are tried again every run and shown until fixed (Hightouch)', async () => {
    await refuseProduct(world.service, crm, 'Forbidden');
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { productFamily: 'Forbidden' });
    await world.sync();
    const seen = await occurrences(registration);
    expect(seen).toBeGreaterThan(0);
    await world.sync();
    expect(await occurrences(registration)).toBeGreaterThan(seen);
    await refuseProduct(world.service, crm, null);
    await world.sync();
    expect(await openProblems(world.deps.db)).toEqual([]);
    expect(await openIntents(world.deps.db)).toBe(0);
    expect(await world.inCrm(crm, registration, ['productFamily'])).toEqual({ productFamily: 'Forbidden' });
  });

  test('a field that was mapped at creation keeps being synced (Channeltivity)', async () => {
    const registration = await world.unusedRegistration(crm);
    for (const [inCrm, here] of [
      ['One', 'Two'],
      ['Three', 'Four'],
    ] as const) {
      await world.editInCrm(crm, registration, { customerName: inCrm });
      await world.sync();
      expect(await world.here(registration)).toMatchObject({ customerName: inCrm });
      await world.editHere(registration, { customerName: here });
      await world.sync();
      expect(await world.inCrm(crm, registration, ['customerName'])).toEqual({ customerName: here });
    }
    expect(await world.resolutions(registration)).toEqual([]);
  });
});

async function occurrences({ extId }: CrmRegistration): Promise<number> {
  const [row] = await world.deps.db.execute<{ occurrences: number }>(
    sql`select occurrences from problem where ref = ${extId} and status = 'open' and source = 'write'`,
  );
  return row?.occurrences ?? 0;
}
