import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { backfillOffer } from '#src/operations/mappings/backfill/backfill-offer.ts';
import {
  startRestore,
  restoreWrites,
  type RestoreInput,
} from '#src/operations/mappings/restore/restore-writes.ts';
import {
  accountsOf,
  accountValues,
  addAccountField,
  addedField,
  draftOf,
  publish,
  writeAccount,
} from './mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

/** Known gaps of other products when a mapping changes. */
let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};

describe.each(['salesforce', 'hubspot'] as const)('a mapping of %s', { timeout: 120_000 }, (crm) => {
  test('HubSpot–Salesforce native: a new mapping does not sync existing values', async () => {
    const draft = await draftOf(world, crm, 'account', (fields) =>
      fields.map((field) =>
        field.local === 'city' ? { ...field, transform: [{ name: 'upper' as const }] } : field,
      ),
    );
    const place = { connectionId: draft.connectionId, object: draft.object, kind: draft.kind };
    await publish(world, draft);
    await world.sync();
    const small = await smallCities(crm);
    expect(small).toBeGreaterThan(10);
    const offer = await backfillOffer(world.deps, place);
    expect(offer).toMatchObject({ state: 'needed', version: draft.version });
    expect(offer.message).toContain('still use an earlier mapping');
    expect(offer.message).toContain(`${offer.records.toLocaleString('en-US')} existing records`);

    const { backfillId } = await startBackfill(world.deps, { ...place, personId: world.personId });
    await world.service.workUntil(async () => (await backfillOffer(world.deps, place)).state === 'done');
    expect(await smallCities(crm)).toBe(0);
    const done = await backfillOffer(world.deps, place);
    expect(done).toMatchObject({ state: 'done', report: { fairway: { changed: small } } });
    expect(done.message).toContain(`: ${small.toLocaleString('en-US')} changed in Fairway, `);
    expect(done.message).not.toContain('to change');
    // Doing it again finds it done.
    expect(await backfillMapping(world.deps, { backfillId: backfillId ?? '' }, noProgress)).toEqual(
      done.report,
    );
  });

  it('can be undone: the CRM’s values from before come back where no person has edited since', async () => {
    await addAccountField(world, crm);
    const field = addedField[crm];
    const [edited = '', touched = '', ...others] = await accountsOf(world, crm);
    await writeAccount(world, crm, touched, { [field]: 'From before' });
    const before = await draftOf(world, crm, 'account', (fields) => fields);
    await publish(world, before);
    const draft = await draftOf(world, crm, 'account', (fields) => [
      ...fields,
      { local: 'tierStanding', remote: field, direction: 'out' },
    ]);
    await publish(world, draft);
    // No backfill: the next run writes, and must first read values that were never read.
    await world.sync();
    const current = await accountValues(world, crm, field, [edited, touched, ...others]);
    expect(current.every((value) => value !== null && value !== 'From before')).toBe(true);
    await writeAccount(world, crm, edited, { [field]: 'Somebody’s own words' });

    const { connectionId, object, version } = draft;
    const input: RestoreInput = { connectionId, object, undo: { version }, personId: world.personId };
    await expect(startRestore(world.deps, input)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Roll it back first'),
    });
    await publish(
      world,
      await draftOf(world, crm, 'account', (fields) => fields.filter(({ remote }) => remote !== field)),
    );
    const { restoreId } = await startRestore(world.deps, input);
    const outcome = await restoreWrites(world.deps, { restoreId: restoreId ?? '' }, noProgress);
    expect(outcome).toMatchObject({
      records: 2 + others.length,
      values: 1 + others.length,
      skipped: { edited: 1, unknown: 0, created: 0, only_written: 0, gone: 0 },
      examples: [{ ref: edited, field, reason: 'edited' }],
      writes: { written: 1 + others.length, refused: 0, open: 0, superseded: 0 },
    });
    const restored = ['Somebody’s own words', 'From before', ...others.map(() => null)];
    expect(await accountValues(world, crm, field, [edited, touched, ...others])).toEqual(restored);
    // The next plan does not write it again, and a second restore finds nothing to do.
    await world.sync();
    expect(await accountValues(world, crm, field, [edited, touched, ...others])).toEqual(restored);
    const again = await startRestore(world.deps, input);
    expect(await restoreWrites(world.deps, { restoreId: again.restoreId ?? '' }, noProgress)).toMatchObject({
      values: 0,
      writes: { written: 0 },
    });
  });

  it('and the last write of a field that goes both ways is undone on both sides', async () => {
    const registration = await world.unusedRegistration(crm);
    const was = await world.inCrm(crm, registration, ['contactEmail']);
    await world.editHere(registration, { contactEmail: 'mistake@example.com' });
    await world.sync();
    expect(await world.inCrm(crm, registration, ['contactEmail'])).toEqual({
      contactEmail: 'mistake@example.com',
    });
    const { id: connectionId } = await world.connection(crm);
    const object = registrations[crm];
    const { restoreId } = await startRestore(world.deps, {
      connectionId,
      object,
      undo: { count: 1 },
      personId: world.personId,
    });
    expect(await restoreWrites(world.deps, { restoreId: restoreId ?? '' }, noProgress)).toMatchObject({
      values: 1,
      writes: { written: 1 },
    });
    expect(await world.inCrm(crm, registration, ['contactEmail'])).toEqual(was);
    expect(await world.here(registration)).toMatchObject(was);
    expect((await world.sync())[crm]).toBe(0);
    expect(await world.here(registration)).toMatchObject(was);
    expect(await world.resolutions(registration)).toEqual([]);
  });
});

describe.each(['salesforce', 'hubspot'] as const)('undoing writes to %s', { timeout: 120_000 }, (crm) => {
  it('leaves alone what somebody has entered here since, and has not been sent yet', async () => {
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { contactEmail: 'mistake@example.com' });
    await world.sync();
    await world.editHere(registration, { contactEmail: 'right@example.com' });
    const { id: connectionId } = await world.connection(crm);
    const input = {
      connectionId,
      object: registrations[crm],
      undo: { count: 1 },
      personId: world.personId,
    } as const;
    const { restoreId } = await startRestore(world.deps, input);
    expect(await restoreWrites(world.deps, { restoreId: restoreId ?? '' }, noProgress)).toMatchObject({
      values: 0,
      skipped: { edited: 1 },
      examples: [{ ref: registration.extId, reason: 'edited' }],
    });
    await world.sync();
    expect(await world.here(registration)).toMatchObject({ contactEmail: 'right@example.com' });
    expect(await world.inCrm(crm, registration, ['contactEmail'])).toEqual({
      contactEmail: 'right@example.com',
    });
  });
});

const registrations = { salesforce: 'Fairway_Registration__c', hubspot: 'p_fairway_registration' } as const;

async function smallCities(crm: CrmKind): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(sql`
    select count(*)::int as count from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and not a.deleted and l.merged_into is null and a.city <> upper(a.city)`);
  return row?.count ?? 0;
}
