import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { JsonValue, RemoteField, RemoteFields } from '#connectors/contract/records.ts';
import { canonicalFields, type CanonicalField } from '#src/domain/record.ts';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const kinds = ['account', 'opportunity', 'registration', 'payout'] as const;
type Kind = (typeof kinds)[number];
const crms = ['salesforce', 'hubspot'] as const;

interface Somewhere {
  readonly crm: CrmKind;
  readonly kind: Kind;
}

const nameOf = ({ crm, kind }: Somewhere): string => `${kind} in ${crm}`;

function packOf({ crm, kind }: Somewhere) {
  const pack = world.deps.packs.find((one) => one.system === crm && one.kind === kind);
  if (!pack) throw new Error(`no pack for ${kind} of ${crm}`);
  return pack;
}

/** The fields that Fairway decides, as the CRM describes them; references are not among them. */
async function decidedFields(place: Somewhere): Promise<readonly (RemoteField & { local: string })[]> {
  const pack = packOf(place);
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[place.kind];
  const connector = world.deps.connectorFor(await world.connection(place.crm));
  const described = new Map((await connector.describe(pack.object)).fields.map((one) => [one.name, one]));
  return pack.fields.flatMap(({ local, remote }) => {
    const field = described.get(remote);
    return declared[local]?.owner === 'fairway' && field && field.type !== 'reference'
      ? [{ ...field, local }]
      : [];
  });
}

async function read(place: Somewhere, extId: string): Promise<RemoteFields> {
  const names = (await decidedFields(place)).map(({ name }) => name);
  const connector = world.deps.connectorFor(await world.connection(place.crm));
  const [record] = await connector.fetch(packOf(place).object, [extId], names);
  if (!record || record.deleted) throw new Error(`${place.crm} does not show ${extId}`);
  return Object.fromEntries(names.map((name) => [name, textOf(record.fields[name])]));
}

const textOf = (value: JsonValue | undefined): string | null =>
  value === null || value === undefined || value === '' ? null : String(value);

/** Somebody types another value into each of these fields. */
async function typeInto(
  place: Somewhere,
  extId: string,
  fields: readonly RemoteField[],
  before: RemoteFields,
) {
  const typed = fields.map((field) => [field.name, otherValue(field, before[field.name] ?? null)] as const);
  const connector = requireCrm(world.deps.connectorFor(await world.connection(place.crm)));
  const [outcome] = await connector.push({
    object: packOf(place).object,
    operation: 'update',
    keyField: null,
    writes: [{ id: 'edit', extId, keyValue: null, fields: Object.fromEntries(typed) }],
  });
  if (!outcome?.ok) throw new Error(`the edit was refused: ${JSON.stringify(outcome)}`);
}

function otherValue({ type, values = [], length = 80 }: RemoteField, now: JsonValue): JsonValue {
  switch (type) {
    case 'picklist':
      return values.find((value) => value !== now) ?? '';
    case 'number':
      return Number(now ?? 0) + 7;
    case 'date':
      return '2031-05-06';
    case 'datetime':
      return '2031-05-06T07:08:09.000Z';
    default:
      return 'typed'.slice(0, length);
  }
}

interface FoundRecord {
  readonly id: string;
  readonly extId: string;
}

async function someRecords(
  place: Somewhere,
  which: 'decided' | 'undecided',
  count: number,
): Promise<readonly FoundRecord[]> {
  const decided = {
    account: sql`exists (select 1 from partner p join tier_assignment t on t.partner_id = p.id where p.account_id = l.record_id and p.merged_into is null)`,
    opportunity: sql`exists (select 1 from registration r where r.opportunity_id = l.record_id and not r.deleted)`,
    registration: sql`exists (select 1 from registration r where r.id = l.record_id and r.status = 'approved')`,
    payout: sql`true`,
  }[place.kind];
  const undecided =
    place.kind === 'account'
      ? sql`not exists (select 1 from partner p where p.account_id = l.record_id)`
      : sql`not exists (select 1 from registration r where r.opportunity_id = l.record_id) and not exists (select 1 from rival_deal d where d.opportunity_id = l.record_id)`;
  const rows = await world.deps.db.execute<{ id: string; extId: string }>(sql`
    select l.record_id as id, l.ext_id as "extId" from link l join connection c on c.id = l.connection_id
    where c.kind = ${place.crm} and l.kind = ${place.kind} and l.merged_into is null
      and ${which === 'decided' ? decided : undecided}
    order by l.ext_id limit ${count}`);
  if (rows.length < count) throw new Error(`too few ${which} ${place.kind} records in ${place.crm}`);
  return [...rows];
}

async function oneRecord(place: Somewhere): Promise<FoundRecord> {
  const [found] = await someRecords(place, 'decided', 1);
  if (!found) throw new Error(`no ${place.kind} in ${place.crm}`);
  return found;
}

async function loggedFields(recordId: string): Promise<readonly string[]> {
  const rows = await world.deps.db.execute<{ field: string }>(
    sql`select field from resolution where record_id = ${recordId} and winner = 'fairway' and theirs is not null order by field`,
  );
  return rows.map(({ field }) => field);
}

describe('fields that Fairway decides', { timeout: 60_000 }, () => {
  const places = crms.flatMap((crm) => kinds.map((kind) => ({ crm, kind })));
  const edited = new Map<string, { readonly record: FoundRecord; readonly before: RemoteFields }>();

  beforeAll(async () => {
    await world.sync();
    for (const place of places) {
      const record = await oneRecord(place);
      const before = await read(place, record.extId);
      await typeInto(place, record.extId, await decidedFields(place), before);
      edited.set(nameOf(place), { record, before });
    }
    await world.sync();
  }, 120_000);

  it.each(places)('are all put right and logged when somebody edits a $kind in $crm', async (place) => {
    const found = edited.get(nameOf(place));
    if (!found) throw new Error(`no ${place.kind} was edited in ${place.crm}`);
    expect(await read(place, found.record.extId)).toEqual(found.before);
    const fields = await decidedFields(place);
    expect(await loggedFields(found.record.id)).toEqual(fields.map(({ local }) => local).toSorted());
  });

  it('are written once', async () => {
    expect(await world.sync()).toEqual({ salesforce: 0, hubspot: 0 });
  });
});

describe.each(crms)('fields that Fairway decides in %s', { timeout: 60_000 }, (crm) => {
  it.each(['account', 'opportunity'] as const)(
    'are emptied, whichever somebody fills, on a %s that Fairway decides nothing about',
    async (kind) => {
      const place = { crm, kind };
      const fields = await decidedFields(place);
      const records = await someRecords(place, 'undecided', fields.length);
      const blank = Object.fromEntries(fields.map(({ name }) => [name, null]));
      for (const [n, field] of fields.entries())
        await typeInto(place, records[n]?.extId ?? '', [field], blank);
      await world.sync();
      const after = await Promise.all(records.map(({ extId }) => read(place, extId)));
      expect(after).toEqual(records.map(() => blank));
    },
  );

  it('come back with a payout that somebody deleted', async () => {
    const place = { crm, kind: 'payout' } as const;
    await world.sync();
    const { id, extId } = await oneRecord(place);
    const before = await read(place, extId);
    const payouts = await world.service.countRecords(crm, 'payout');
    await removeRecord(crm, packOf(place).object, extId);
    // HubSpot reports an archived record only to a complete comparison.
    const { id: connectionId } = await world.connection(crm);
    const compare = { connectionId, kind: 'payout', acceptRemovals: false } as const;
    if (crm === 'hubspot') await reconcileObject(world.deps, compare, async () => {});
    await world.sync();
    expect(await world.service.countRecords(crm, 'payout')).toBe(payouts);
    const [again] = await world.deps.db.execute<{ extId: string }>(
      sql`select ext_id as "extId" from link where record_id = ${id} and ext_id <> ${extId}`,
    );
    expect(await read(place, again?.extId ?? '')).toEqual(before);
    const [logged] = await world.deps.db.execute(
      sql`select what from remote_change where ext_id = ${extId} and what = 'deleted'`,
    );
    expect(logged).toEqual({ what: 'deleted' });
    expect((await world.sync())[crm]).toBe(0);
  });
});

async function removeRecord(crm: CrmKind, object: string, extId: string): Promise<void> {
  const url = world.service.addresses[crm];
  const json = { 'content-type': 'application/json' };
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(`${url}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  if (crm === 'hubspot') {
    const body = JSON.stringify({ objectType: object, id: extId });
    await send('/sandbox/archive', { method: 'POST', headers: json, body });
    return;
  }
  const granted = await send('/sandbox/authorizations', { method: 'POST', headers: json, body: '{}' });
  const { accessToken } = (await granted.json()) as { accessToken: string };
  await send(`/services/data/v67.0/sobjects/${object}/${extId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${accessToken}` },
  });
}
