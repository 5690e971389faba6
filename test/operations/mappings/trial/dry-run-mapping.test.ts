import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import type { RefusedValues } from '#src/operations/mappings/backfill/backfill-report.ts';
import { dryRunMapping, isStale } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { findVersion, saveDraft, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import {
  accountsOf,
  accountValues,
  addAccountField,
  addedField,
  draftOf,
  publish,
  writeAccount,
} from '#test/operations/mappings/mappings-fixture.ts';
import { refuseProduct, startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};
const picklist = { salesforce: 'Industry', hubspot: 'type' } as const;
const numberField = { salesforce: 'Number__c', hubspot: 'number' } as const;

describe.each(['salesforce', 'hubspot'] as const)('a dry run on %s', { timeout: 120_000 }, (crm) => {
  it('names what would be refused for certain, with the fix, and what the CRM has refused before as possible', async () => {
    const tiers = await discarding(
      await draftOf(world, crm, 'account', (fields) => [
        ...fields,
        { local: 'tier', remote: picklist[crm], direction: 'out' },
      ]),
    );
    const partners = (await accountsOf(world, crm)).length;
    expect(tiers.refused).toMatchObject([
      {
        cause: 'picklist',
        certain: true,
        direction: 'out',
        effect: 'value',
        field: 'tier',
        code: 'not_in_picklist',
        count: partners,
      },
    ]);
    expect(tiers.refused[0]?.fix).toContain('lookup');
    expect(tiers.crm.written).toBe(0);

    const [one] = await world.deps.db.execute<{ total: number; kinds: number }>(sql`
      select count(*)::int as total, count(distinct r.status)::int as kinds from registration r
      join link l on l.record_id = r.id join connection c on c.id = l.connection_id where c.kind = ${crm} and not r.deleted`);
    const { total = 0, kinds = 0 } = one ?? {};
    const doubled = await discarding(
      await draftOf(world, crm, 'registration', (fields) => [
        ...fields,
        { local: 'status', remote: numberField[crm], direction: 'out' },
      ]),
    );
    expect(doubled.refused.find(({ cause }) => cause === 'unique')).toMatchObject({
      certain: true,
      field: 'status',
      count: total - kinds,
    });

    await refuseProduct(world.service, crm, 'Forbidden');
    const registration = await world.unusedRegistration(crm);
    await world.editHere(registration, { productFamily: 'Forbidden' });
    await world.sync();
    await refuseProduct(world.service, crm, null);
    const before = await discarding(await draftOf(world, crm, 'registration', (fields) => fields));
    expect(before.crm.written).toBe(1);
    expect(before.refused).toMatchObject([
      { cause: 'validation_rule', certain: false, count: 1, examples: [{ ref: registration.extId }] },
    ]);
    await world.sync();
  });

  it('is out of date once the draft is changed, and does not speak for one that does not fit', async () => {
    const draft = await draftOf(world, crm, 'account', (fields) => fields);
    await dryRunMapping(world.deps, { versionId: draft.id }, noProgress);
    const found = await findVersion(world.deps.db, draft.id);
    expect(found && isStale(found)).toBe(false);
    const pack: MappingPack = {
      ...draft.pack,
      fields: draft.pack.fields.map((field) =>
        field.local === 'city' ? { ...field, remote: 'Nowhere' } : field,
      ),
    };
    const change = { pack, updatedBy: world.personId, updatedAt: world.deps.clock() };
    await saveDraft(world.deps.db, draft.id, draft.revision, change);
    const later = await findVersion(world.deps.db, draft.id);
    expect(later && isStale(later)).toBe(true);
    expect(await dryRunMapping(world.deps, { versionId: draft.id }, noProgress)).toMatchObject({
      fits: false,
      problems: [{ field: 'city' }],
    });
    await discard(draft);
  });

  it('counts what a default fills in on either side, the backfill writes it once, and goes on where a crash left it', async () => {
    await addAccountField(world, crm);
    const field = addedField[crm];
    const refs = await accountsOf(world, crm);
    const [protectedRef = ''] = refs;
    await writeAccount(world, crm, protectedRef, { [field]: 'Kept' });
    const segment: MappedField = {
      local: 'extra.segment',
      remote: field,
      direction: 'both',
      default: 'Unsorted',
    };
    const declared = { extra: [{ name: 'segment', label: 'Segment', type: 'text' as const }] };
    const draft = await draftOf(world, crm, 'account', (fields) => [...fields, segment], declared);
    const found = await dryRunMapping(world.deps, { versionId: draft.id }, noProgress);
    if (!found.fits) throw new Error(JSON.stringify(found.problems));
    const { report } = found;
    expect(report.read).toBeGreaterThan(refs.length);
    expect(report.fairway).toMatchObject({
      fields: [{ field: 'extra.segment', count: report.fairway.changed }],
    });
    expect(report.crm).toMatchObject({
      written: report.fairway.changed - 1,
      fields: [{ field, count: report.fairway.changed - 1 }],
    });

    await publish(world, draft);
    const { backfillId } = await startBackfill(world.deps, { ...draft, personId: null });
    const dies = async ({ label }: { readonly label: string }): Promise<void> => {
      if (label.startsWith('Applying')) throw new Error('killed');
    };
    await expect(backfillMapping(world.deps, { backfillId: backfillId ?? '' }, dies)).rejects.toThrow(
      'killed',
    );
    // Its job gave up; starting it again continues it.
    await world.deps.db.execute(sql`update job set status = 'failed' where name = 'backfill-mapping'`);
    expect(await startBackfill(world.deps, { ...draft, personId: null })).toEqual({
      backfillId,
      alreadyRunning: false,
    });
    expect(await startBackfill(world.deps, { ...draft, personId: null })).toEqual({
      backfillId: null,
      alreadyRunning: true,
    });
    const done = await backfillMapping(world.deps, { backfillId: backfillId ?? '' }, noProgress);
    expect(done).toMatchObject({
      read: report.read,
      fairway: report.fairway,
      crm: { written: report.crm.written },
    });
    expect(done?.writes).toMatchObject({ written: report.crm.written, refused: 0, open: 0 });
    expect(await accountValues(world, crm, field, refs)).toEqual(
      refs.map((ref) => (ref === protectedRef ? 'Kept' : 'Unsorted')),
    );
    expect((await world.sync())[crm]).toBe(0);
  });
});

interface Found {
  readonly crm: { readonly written: number };
  readonly refused: readonly RefusedValues[];
}

/** The findings of a dry run. The draft is discarded, so that the next test can create another. */
async function discarding(draft: MappingVersion): Promise<Found> {
  const found = await dryRunMapping(world.deps, { versionId: draft.id }, noProgress);
  await discard(draft);
  if (!found.fits) throw new Error(JSON.stringify(found.problems));
  return found.report;
}

async function discard({ id }: MappingVersion): Promise<void> {
  await world.deps.db.execute(sql`delete from mapping_version where id = ${id}`);
}
