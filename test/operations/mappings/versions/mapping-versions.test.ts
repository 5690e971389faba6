import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { findConnection, invalidateDescriptions } from '#src/db/connections/connection-store.ts';
import { liveVersion, versionsOf } from '#src/db/mappings/mapping-version-store.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { approveMapping, rejectMapping } from '#src/operations/mappings/versions/decide-mapping.ts';
import {
  discardMappingDraft,
  draftMapping,
  saveMappingDraft,
} from '#src/operations/mappings/versions/draft-mapping.ts';
import { loadLiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import { rollBackMapping } from '#src/operations/mappings/versions/roll-back-mapping.ts';
import { submitMapping } from '#src/operations/mappings/versions/submit-mapping.ts';
import { auditTrail } from '#test/support/queries.ts';
import { startVersionsFixture, type VersionsFixture } from './versions-fixture.ts';

let fixture: VersionsFixture;
beforeEach(async () => {
  fixture = await startVersionsFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const place = () => ({ ...fixture.account, kind: 'account' as const });
const shipped = (): MappingPack => {
  const pack = fixture.deps.packs.find((one) => one.system === 'salesforce' && one.object === 'Account');
  if (!pack) throw new Error('no shipped mapping');
  return pack;
};
const drafted = (input: { from?: number; pack?: MappingPack } = {}, personId = fixture.people.olga) =>
  draftMapping(fixture.deps, { ...place(), personId, ...input });
const withoutPhone = (pack: MappingPack): MappingPack => ({
  ...pack,
  fields: pack.fields.filter((field) => field.local !== 'phone'),
});
const submitted = async (personId = fixture.people.olga) => {
  const { version } = await drafted({ pack: withoutPhone(shipped()) }, personId);
  return submitMapping(fixture.deps, { ...place(), revision: version.revision, note: 'No phones', personId });
};
const published = async () => {
  const { version } = await submitted();
  return approveMapping(fixture.deps, { ...place(), version, personId: fixture.people.piet });
};
const inForce = async () => {
  const connection = await findConnection(fixture.deps.db, fixture.account.connectionId);
  return connection && packFor(fixture.deps, connection, 'account');
};

describe('a draft', () => {
  test('begins as what is in force, under a number above the shipped one’s', async () => {
    const { version, problems } = await drafted();
    expect(problems).toEqual([]);
    expect(version).toMatchObject({
      status: 'draft',
      version: shipped().version + 1,
      basedOn: shipped().version,
      revision: 1,
    });
    expect(version.pack).toEqual({ ...shipped(), version: version.version });
    expect(await inForce()).toEqual(shipped());
  });

  test('is one at a time, and the refusal of another names its author', async () => {
    await drafted();
    await expect(drafted({}, fixture.people.piet)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Olga is editing version'),
    });
  });

  test('is one when two people begin at the same moment', async () => {
    const outcomes = await Promise.allSettled([drafted(), drafted({}, fixture.people.piet)]);
    expect(outcomes.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('is saved whether it fits or not, and what is wrong comes back with its fix', async () => {
    const { version } = await drafted();
    const [first, ...rest] = shipped().fields;
    const pack = {
      ...shipped(),
      fields: [{ ...first, remote: 'Nmae' } as MappingPack['fields'][number], ...rest],
    };
    const saved = await saveMappingDraft(fixture.deps, {
      ...place(),
      pack,
      revision: version.revision,
      personId: fixture.people.olga,
    });
    expect(saved.problems).toMatchObject([
      { field: 'name', code: 'remote_field_missing', fix: expect.stringContaining('"Name"') },
    ]);
    expect(saved.version).toMatchObject({
      revision: 2,
      pack: { fields: expect.arrayContaining([expect.objectContaining({ remote: 'Nmae' })]) },
    });
  });

  test('that somebody saved meanwhile is not overwritten, and who it was is said', async () => {
    const { version } = await drafted();
    const save = (personId: string) =>
      saveMappingDraft(fixture.deps, { ...place(), pack: shipped(), revision: version.revision, personId });
    await save(fixture.people.piet);
    await expect(save(fixture.people.olga)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Piet saved this draft at 2026-11-18 10:00'),
    });
    await expect(
      discardMappingDraft(fixture.deps, { ...place(), revision: 1, personId: fixture.people.olga }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('keeps the order of a lookup, by which a value is written back', async () => {
    const map = { 'A much longer value': 'z', Zeta: 'z', Alpha: 'z' };
    const field = {
      local: 'tier',
      remote: 'Fairway_Tier__c',
      direction: 'out' as const,
      transform: [{ name: 'lookup' as const, map }],
    };
    const pack = { ...shipped(), fields: [...shipped().fields.filter((one) => one.local !== 'tier'), field] };
    await drafted({ pack });
    const [stored] = await versionsOf(fixture.deps.db, place());
    const transform = stored?.pack.fields.at(-1)?.transform?.[0];
    expect(transform?.name === 'lookup' && Object.keys(transform.map)).toEqual([
      'A much longer value',
      'Zeta',
      'Alpha',
    ]);
  });

  test('that is discarded makes room for another of the same number', async () => {
    const { version } = await drafted();
    await discardMappingDraft(fixture.deps, { ...place(), revision: 1, personId: fixture.people.piet });
    expect((await drafted()).version.version).toBe(version.version);
    await expect(
      discardMappingDraft(fixture.deps, {
        connectionId: fixture.account.connectionId,
        object: 'Opportunity',
        revision: 1,
        personId: fixture.people.piet,
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('begins as an earlier version where one is named', async () => {
    const live = await published();
    const { version } = await drafted({ from: shipped().version });
    expect(version).toMatchObject({
      version: live.version + 1,
      basedOn: live.version,
      pack: { fields: shipped().fields },
    });
    await expect(drafted({ from: 99 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of an object nothing is mapped to asks for a kind and for a mapping to begin with', async () => {
    const asset = {
      connectionId: fixture.account.connectionId,
      object: 'Asset',
      personId: fixture.people.olga,
    };
    fixture.looksLike('Asset', fixture.withField('Account', 'Name', {}));
    await expect(draftMapping(fixture.deps, asset)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('is not mapped yet'),
    });
    const { version } = await draftMapping(fixture.deps, { ...asset, kind: 'account', pack: shipped() });
    expect(version).toMatchObject({ object: 'Asset', version: 1, pack: { object: 'Asset', version: 1 } });
    expect((await draftMapping(fixture.deps, { ...asset, object: 'Account' })).version.object).toBe(
      'Account',
    );
  });

  test('says with the vendor’s words why it cannot be checked', async () => {
    fixture.looksLike('Account', null);
    await expect(drafted()).rejects.toMatchObject({
      code: 'connection_failed',
      message: expect.stringContaining('It does not answer. Try again later.'),
    });
  });
});

describe('handing in', () => {
  test('is refused while there is a problem', async () => {
    const { version } = await drafted({
      pack: { ...shipped(), fields: shipped().fields.filter((field) => field.local !== 'name') },
    });
    await expect(
      submitMapping(fixture.deps, {
        ...place(),
        revision: version.revision,
        note: null,
        personId: fixture.people.olga,
      }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^This draft does not fit: name: .*reads "name"/),
    });
  });

  test('ends all change: neither saving nor discarding still works', async () => {
    const version = await submitted();
    const input = { ...place(), revision: version.revision, personId: fixture.people.olga };
    await expect(saveMappingDraft(fixture.deps, { ...input, pack: shipped() })).rejects.toMatchObject({
      message: expect.stringContaining('Olga has submitted this draft'),
    });
    await expect(discardMappingDraft(fixture.deps, input)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('of a draft begun before another version became live asks to look again, and takes it once somebody has', async () => {
    const live = await published();
    const { version } = await drafted();
    const back = await rollBackMapping(fixture.deps, {
      ...place(),
      version: shipped().version,
      reason: 'Phones are missed',
      personId: fixture.people.ada,
    });
    const input = { ...place(), revision: version.revision, note: null, personId: fixture.people.olga };
    await expect(submitMapping(fixture.deps, input)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(
        `Version ${back.version} has become live since this draft was created from version ${live.version}`,
      ),
    });
    expect(await submitMapping(fixture.deps, { ...input, against: back.version })).toMatchObject({
      status: 'submitted',
      basedOn: back.version,
    });
  });
});

describe('a decision', () => {
  test('to approve makes a version live at once, and retires the one before', async () => {
    const first = await published();
    expect(await inForce()).toEqual(first.pack);
    const { version } = await drafted();
    await submitMapping(fixture.deps, { ...place(), revision: 1, note: null, personId: fixture.people.olga });
    await approveMapping(fixture.deps, {
      ...place(),
      version: version.version,
      personId: fixture.people.ada,
    });
    expect((await versionsOf(fixture.deps.db, place())).map((one) => [one.version, one.status])).toEqual([
      [first.version + 1, 'live'],
      [first.version, 'retired'],
    ]);
    expect((await inForce())?.version).toBe(first.version + 1);
  });

  test('is not its author’s, nor anybody’s who had a hand in it', async () => {
    const { version } = await drafted();
    await saveMappingDraft(fixture.deps, {
      ...place(),
      pack: shipped(),
      revision: 1,
      personId: fixture.people.ada,
    });
    await submitMapping(fixture.deps, { ...place(), revision: 2, note: null, personId: fixture.people.olga });
    const approve = (personId: string) =>
      approveMapping(fixture.deps, { ...place(), version: version.version, personId });
    await expect(approve(fixture.people.olga)).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('You submitted'),
    });
    await expect(approve(fixture.people.ada)).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('You edited'),
    });
    expect((await approve(fixture.people.piet)).status).toBe('live');
  });

  test('holds it against what the object looks like now, not what it looked like when it was handed in', async () => {
    const { version } = await submitted();
    fixture.looksLike('Account', fixture.withField('Account', 'Website', null));
    await expect(
      approveMapping(fixture.deps, { ...place(), version, personId: fixture.people.piet }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('domain: Account has no field "Website"'),
    });
    expect(await inForce()).toEqual(shipped());
  });

  test('is about the version the person looked at, and falls once', async () => {
    const { version } = await submitted();
    const decide = { ...place(), version, personId: fixture.people.piet };
    await expect(approveMapping(fixture.deps, { ...decide, version: version + 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    const both = await Promise.allSettled([
      approveMapping(fixture.deps, decide),
      rejectMapping(fixture.deps, { ...decide, reason: 'No' }),
    ]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('on a draft that was not handed in falls not at all', async () => {
    const { version } = await drafted();
    await expect(
      approveMapping(fixture.deps, { ...place(), version: version.version, personId: fixture.people.piet }),
    ).rejects.toMatchObject({
      message: 'A mapping version that is a draft cannot be approved.',
    });
  });

  test('to reject keeps the version and the reason, and leaves what is live alone', async () => {
    const { version } = await submitted();
    await rejectMapping(fixture.deps, {
      ...place(),
      version,
      reason: 'We call them',
      personId: fixture.people.piet,
    });
    expect(await versionsOf(fixture.deps.db, place())).toMatchObject([
      { status: 'rejected', decisionReason: 'We call them', decidedBy: fixture.people.piet },
    ]);
    expect(await inForce()).toEqual(shipped());
    expect((await drafted({ from: version })).version.version).toBe(version + 1);
  });
});

describe('a roll-back', () => {
  const rolledBackTo = (version: number) =>
    rollBackMapping(fixture.deps, {
      ...place(),
      version,
      reason: 'Phones are missed',
      personId: fixture.people.ada,
    });

  test('brings an earlier mapping back in one step, under a new number', async () => {
    const live = await published();
    expect(await rolledBackTo(shipped().version)).toMatchObject({
      version: live.version + 1,
      status: 'live',
      restores: shipped().version,
    });
    expect((await inForce())?.fields).toEqual(shipped().fields);
    expect(await rolledBackTo(live.version)).toMatchObject({
      version: live.version + 2,
      pack: { fields: live.pack.fields },
    });
  });

  test('is on the audit trail as one person’s doing, with the reason', async () => {
    await published();
    await rolledBackTo(shipped().version);
    expect((await auditTrail(fixture.deps.db, 'Salesforce')).at(-1)).toMatchObject({
      action: 'mapping.rolled_back',
      actor: 'Ada',
      reason: 'Phones are missed',
      after: { restores: shipped().version, approvedBy: 'nobody else: a rollback needs only one admin' },
    });
  });

  test('does not make live what was not approved', async () => {
    const { version } = await submitted();
    await expect(rolledBackTo(version)).rejects.toMatchObject({
      message: expect.stringContaining('was never live'),
    });
    await rejectMapping(fixture.deps, { ...place(), version, reason: 'No', personId: fixture.people.piet });
    await expect(rolledBackTo(version)).rejects.toMatchObject({
      message: expect.stringContaining('was never live'),
    });
  });

  test('to what is live already, or cannot do without what the CRM has lost, is refused', async () => {
    await expect(rolledBackTo(shipped().version)).rejects.toMatchObject({
      message: expect.stringContaining('is already live'),
    });
    const live = await published();
    fixture.looksLike('Account', fixture.withField('Account', 'Name', null));
    await expect(rolledBackTo(shipped().version)).rejects.toMatchObject({
      message: expect.stringContaining('Account has no field "Name"'),
    });
    expect((await inForce())?.version).toBe(live.version);
  });

  test('goes on without a field that the CRM has lost since, in runs as well, and says so', async () => {
    await published();
    fixture.looksLike('Account', fixture.withField('Account', 'Phone', null));
    const back = await rolledBackTo(shipped().version);
    expect(await inForce()).toMatchObject({ version: back.version });
    expect((await auditTrail(fixture.deps.db, 'Salesforce')).at(-1)).toMatchObject({
      after: { without: ['phone'] },
    });
    const connection = await requireConnection(fixture.deps, fixture.account.connectionId);
    await invalidateDescriptions(fixture.deps.db, connection.id);
    const fitting = await loadLiveMapping(
      fixture.deps,
      connection,
      fixture.deps.connectorFor(connection),
      back.pack,
    );
    expect(fitting.mapping).toMatchObject({ version: back.version, skippedFields: ['phone'] });
  });

  test('works while the vendor does not answer, from what is known of the object', async () => {
    await published();
    fixture.looksLike('Account', null);
    expect((await rolledBackTo(shipped().version)).status).toBe('live');
  });
});

describe('the trail and the database', () => {
  test('name each step, its person, and from what to what', async () => {
    await published();
    expect(await auditTrail(fixture.deps.db, 'Salesforce')).toMatchObject([
      {
        action: 'mapping.drafted',
        actor: 'Olga',
        after: { object: 'Account', kind: 'account', status: 'draft' },
      },
      { action: 'mapping.submitted', actor: 'Olga', reason: 'No phones' },
      {
        action: 'mapping.approved',
        actor: 'Piet',
        before: { version: shipped().version },
        after: { version: shipped().version + 1, status: 'live' },
      },
    ]);
  });

  const change = async (set: ReturnType<typeof sql>) => {
    const words = await fixture.deps.db.execute(sql`update mapping_version set ${set}`).then(
      () => 'taken',
      (error: { cause: { message: string } }) => error.cause.message,
    );
    return words;
  };

  test('a version that was handed in cannot be changed, go back or go away for any person', async () => {
    await submitted();
    expect(await change(sql`pack = jsonb_set(pack::jsonb, '{fields,0,remote}', '"Other"')::json`)).toMatch(
      /is submitted and cannot be changed/,
    );
    expect(await change(sql`note = 'something else'`)).toMatch(/cannot be changed/);
    expect(await change(sql`status = 'draft'`)).toMatch(/cannot become draft/);
    await expect(fixture.deps.db.execute(sql`delete from mapping_version`)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/cannot be deleted/) },
    });
    expect(await change(sql`dry_run = '{}'`)).toBe('taken');
  });

  test('no version becomes live by one of its authors, with any role', async () => {
    await submitted();
    expect(await change(sql`status = 'live', decided_by = ${fixture.people.olga}`)).toMatch(
      /mapping_version_two_people/,
    );
    expect(await change(sql`status = 'live'`)).toMatch(/mapping_version_two_people/);
    expect(await change(sql`status = 'live', decided_by = ${fixture.people.piet}`)).toBe('taken');
  });

  test('versions go with their connection', async () => {
    await published();
    await fixture.deps.db.execute(sql`delete from connection`);
    expect(await liveVersion(fixture.deps.db, place())).toBeNull();
  });
});
