import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { addVersion } from '#src/db/mappings/mapping-version-store.ts';
import { isOptional, type CanonicalKind } from '#src/domain/record.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { changed, publish } from '#test/operations/mappings/mappings-fixture.ts';
import {
  currentValues,
  startTwoWayWorld,
  type CrmKind,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

/** A mapping of the customer's own takes the place of the one Fairway comes with. */
async function putLive(
  crm: CrmKind,
  kind: CanonicalKind,
  change: Partial<MappingPack>,
  fields: readonly MappedField[] = [],
): Promise<void> {
  const { deps, personId } = world;
  const { id: connectionId } = await world.connection(crm);
  const shipped = deps.packs.find((one) => one.system === crm && one.kind === kind);
  const added = new Set(fields.map((field) => field.local));
  const pack: MappingPack = {
    ...(isOptional(kind) && shipped
      ? shipped
      : await changed(world, crm, kind, (known) => [
          ...known.filter((one) => !added.has(one.local)),
          ...fields,
        ])),
    ...change,
  };
  const at = deps.clock();
  const { object, version } = pack;
  const by = { editors: [personId], createdBy: personId, createdAt: at, updatedBy: personId, updatedAt: at };
  await publish(
    world,
    await addVersion(deps.db, {
      id: deps.ids(),
      connectionId,
      object,
      kind,
      version,
      pack,
      status: 'draft',
      basedOn: null,
      ...by,
    }),
  );
}

const names = {
  salesforce: {
    code: 'Budget_Code__c',
    cost: 'Budget_Cost__c',
    product: 'Product_Family__c',
    key: 'Number__c',
  },
  hubspot: { code: 'budget_code', cost: 'budget_cost', product: 'product_family', key: 'number' },
} as const;

interface Deal {
  readonly id: string;
  readonly extId: string;
}

async function anOpportunity(crm: CrmKind): Promise<Deal> {
  const [row] = await world.deps.db.execute<{ id: string; extId: string }>(sql`
    select o.id, l.ext_id as "extId" from opportunity o join link l on l.record_id = o.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and not o.deleted order by o.name, o.id limit 1`);
  if (!row) throw new Error(`no opportunity in ${crm}`);
  return row;
}

async function push(
  crm: CrmKind,
  kind: CanonicalKind,
  extId: string,
  fields: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const object = world.deps.packs.find((one) => one.system === crm && one.kind === kind)?.object ?? '';
  const write = { id: 'edit', extId, keyValue: null, fields };
  const connector = requireCrm(world.deps.connectorFor(await world.connection(crm)));
  const [outcome] = await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
  expect(outcome).toMatchObject({ ok: true });
}

async function shown(crm: CrmKind, kind: CanonicalKind, extId: string, fields: readonly string[]) {
  const object = world.deps.packs.find((one) => one.system === crm && one.kind === kind)?.object ?? '';
  const [record] = await world.deps.connectorFor(await world.connection(crm)).fetch(object, [extId], fields);
  return record?.fields;
}

const familyOf = async (id: string): Promise<unknown> =>
  (
    await world.deps.db.execute<{ family: unknown }>(
      sql`select product_family as family from opportunity where id = ${id}`,
    )
  )[0]?.family;
const extraOf = async (id: string): Promise<unknown> =>
  (await world.deps.db.execute<{ extra: unknown }>(sql`select extra from opportunity where id = ${id}`))[0]
    ?.extra;

/** The CRM fills these itself. */
const createdDates: ReadonlySet<string> = new Set(['CreatedDate', 'hs_createdate']);

describe.each(['salesforce', 'hubspot'] as const)('in %s', { timeout: 60_000 }, (crm) => {
  it('a field the customer has declared is read, edited here like any other, written, and merged when both sides change it', async () => {
    await fetch(`${world.service.addresses.control}/custom-fields`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vendor: crm, count: 14 }),
    });
    await world.deps.db.execute(sql`delete from object_description`);
    const { code, cost } = names[crm];
    await putLive(
      crm,
      'opportunity',
      {
        extra: [
          { name: 'budgetCode', label: 'Budget code', type: 'text' },
          { name: 'budgetCost', label: 'Budget cost', type: 'decimal' },
        ],
      },
      [
        { local: 'extra.budgetCode', remote: code, direction: 'both' },
        { local: 'extra.budgetCost', remote: cost, direction: 'both', policy: 'fairway' },
        { local: 'productFamily', remote: code, direction: 'in' },
      ],
    );
    const { id, extId } = await anOpportunity(crm);
    await world.deps.db.execute(
      sql`update opportunity set extra = '{"fromElsewhere": "kept"}' where id = ${id}`,
    );
    await push(crm, 'opportunity', extId, { [code]: 'BUD-1', [cost]: 10.5 });
    await world.sync();
    expect(await extraOf(id)).toEqual({ fromElsewhere: 'kept', budgetCode: 'BUD-1', budgetCost: '10.5' });
    expect(await familyOf(id)).toBe('BUD-1');

    const { deps, personId } = world;
    const edit = async (values: Readonly<Record<string, string | null>>) =>
      editRecord(deps, {
        kind: 'opportunity',
        id,
        values,
        expectedValues: await currentValues(deps, 'opportunity', id),
        personId,
      });
    expect(await edit({ 'extra.budgetCost': '12.25' })).toEqual({ changed: ['extra.budgetCost'] });
    await push(crm, 'opportunity', extId, { [cost]: 99, [code]: 'BUD-2' });
    await world.sync();
    expect(await extraOf(id)).toEqual({ fromElsewhere: 'kept', budgetCode: 'BUD-2', budgetCost: '12.25' });
    expect(Number((await shown(crm, 'opportunity', extId, [cost]))?.[cost])).toBe(12.25);
    expect(await world.sync()).toMatchObject({ [crm]: 0 });
    await expect(edit({ name: 'Other' })).rejects.toThrow(
      '"name" of an opportunity cannot be edited in Fairway',
    );
  });

  it('a default fills a blank of a record that is new, here and there, once: a person who clears it wins', async () => {
    const { product, key } = names[crm];
    await putLive(crm, 'registration', {}, [
      { local: 'productFamily', remote: product, direction: 'both', policy: 'crm', default: 'Backup' },
    ]);
    const model = await world.unusedRegistration(crm);
    const object =
      world.deps.packs.find((one) => one.system === crm && one.kind === 'registration')?.object ?? '';
    const connector = requireCrm(world.deps.connectorFor(await world.connection(crm)));
    const current = (await shown(crm, 'registration', model.extId, await allFields(crm))) ?? {};
    const given = Object.fromEntries(
      Object.entries(current).filter(([name, value]) => value !== null && !createdDates.has(name)),
    );
    const number = `DR-2099-${crm}`;
    const [made] = await connector.push({
      object,
      operation: 'upsert',
      keyField: key,
      writes: [
        { id: 'new', extId: null, keyValue: number, fields: { ...given, [key]: number, [product]: null } },
      ],
    });
    if (!made?.ok) throw new Error(JSON.stringify(made));
    await world.sync();
    const here = async () =>
      (
        await world.deps.db.execute<{ family: string | null }>(
          sql`select product_family as family from registration where number = ${number}`,
        )
      )[0]?.family;
    expect(await here()).toBe('Backup');
    expect((await shown(crm, 'registration', made.extId, [product]))?.[product]).toBe('Backup');

    await push(crm, 'registration', made.extId, { [product]: null });
    await world.sync();
    expect(await here()).toBeNull();
    await world.sync();
    expect((await shown(crm, 'registration', made.extId, [product]))?.[product] || null).toBeNull();
    expect(await world.sync()).toMatchObject({ [crm]: 0 });
  });

  it('contacts are read once they are switched on, and only then', async () => {
    const count = async (): Promise<number> => {
      const [row] = await world.deps.db.execute<{ count: number }>(sql`
        select count(*)::int as count from contact k join link l on l.record_id = k.id join connection c on c.id = l.connection_id
        where c.kind = ${crm} and k.account_id is not null and not k.deleted`);
      return row?.count ?? 0;
    };
    expect(await count()).toBe(0);
    await putLive(crm, 'contact', { enabled: true });
    await world.sync();
    expect(await count()).toBeGreaterThan(100);
  });

  it('an object the org lacks and may lack is a note among the problems: the run is complete and the connection well', async () => {
    const object = crm === 'salesforce' ? 'Nowhere__c' : 'p_nowhere';
    await putLive(crm, 'product', { enabled: true, object });
    const { summary } = await world.service.runJob();
    expect(summary.complete).toBe(true);
    const connection = await world.connection(crm);
    expect(connection).toMatchObject({ status: 'active', failure: null });
    const problems = await world.deps.db.execute(
      sql`select source, object, status from problem where connection_id = ${connection.id} and object = ${object}`,
    );
    expect(problems).toEqual([{ source: 'pull', object, status: 'open' }]);
  });
});

/** The fields of a new registration that a person or portal fills in. */
async function allFields(crm: CrmKind): Promise<readonly string[]> {
  const pack = world.deps.packs.find((one) => one.system === crm && one.kind === 'registration');
  return (
    pack?.fields.flatMap(({ direction, local, remote }) =>
      direction === 'out' || local === 'opportunity' ? [] : [remote],
    ) ?? []
  );
}
