import { sql } from 'drizzle-orm';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import {
  addVersion,
  highestVersion,
  liveVersion,
  moveVersion,
  type MappingVersion,
} from '#src/db/mappings/mapping-version-store.ts';
import { crmSchema, type CrmField } from '#src/domain/crm-schema.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { CrmKind, TwoWayWorld } from '#test/operations/two-way-fixture.ts';
import { addPerson } from '#test/support/people/people.ts';

/** The vendor's name of a text field that a test adds. */
export const addedField = { salesforce: 'Fairway_Partner_Note__c', hubspot: 'fairway_partner_note' } as const;

/** The CRM's admin adds a text field to its accounts. */
export async function addAccountField(world: TwoWayWorld, crm: CrmKind, name = 'partnerNote'): Promise<void> {
  const field: CrmField = {
    name,
    label: 'Partner note',
    help: 'A note.',
    type: 'text',
    writtenBy: 'fairway',
  };
  const schema = crmSchema.map((object) =>
    object.kind === 'account' ? { ...object, fields: [...object.fields, field] } : object,
  );
  await requireCrm(world.deps.connectorFor(await world.connection(crm))).install(schema);
}

type MappingWorld = Pick<TwoWayWorld, 'deps' | 'personId' | 'connection'>;

/** The mapping in force, with other lines. */
export async function changed(
  world: MappingWorld,
  crm: CrmKind,
  kind: CanonicalKind,
  change: (fields: readonly MappedField[]) => readonly MappedField[],
  more: Partial<MappingPack> = {},
): Promise<MappingPack> {
  const connection = await world.connection(crm);
  const pack = packFor(world.deps, connection, kind);
  if (!pack) throw new Error(`${crm} has no ${kind}`);
  const version = Math.max(pack.version, await highestVersion(world.deps.db, connection.id, pack.object)) + 1;
  return { ...pack, ...more, version, fields: [...change(pack.fields)] };
}

/** Somebody drafts that. */
export async function draftOf(
  world: MappingWorld,
  crm: CrmKind,
  ...what: Tail<Parameters<typeof changed>>
): Promise<MappingVersion> {
  const { deps, personId } = world;
  const pack = await changed(world, crm, ...what);
  const { id: connectionId } = await world.connection(crm);
  const { object, kind, version } = pack;
  const at = deps.clock();
  const by = { editors: [personId], createdBy: personId, createdAt: at, updatedBy: personId, updatedAt: at };
  return addVersion(deps.db, {
    id: deps.ids(),
    connectionId,
    object,
    kind,
    version,
    pack,
    status: 'draft',
    basedOn: null,
    ...by,
  });
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, unknown, ...infer Rest] ? Rest : never;

/** Somebody else has approved it. */
export async function publish(
  { deps, personId }: MappingWorld,
  { id, connectionId, kind }: MappingVersion,
): Promise<void> {
  const at = deps.clock();
  const before = await liveVersion(deps.db, { connectionId, kind });
  if (before) await moveVersion(deps.db, before.id, { status: 'retired', retiredAt: at });
  await moveVersion(deps.db, id, { status: 'submitted', submittedBy: personId, submittedAt: at });
  const { id: decidedBy } = await addPerson(deps, { name: 'Reviewer', role: 'ops' });
  await moveVersion(deps.db, id, { status: 'live', decidedBy, decidedAt: at });
}

const accountObjects = { salesforce: 'Account', hubspot: 'companies' } as const;

/** The CRM's ids of accounts that have a tier. */
export async function accountsOf({ deps }: TwoWayWorld, crm: CrmKind): Promise<readonly string[]> {
  const rows = await deps.db.execute<{ ref: string }>(sql`
    select distinct l.ext_id as ref from partner p join tier_assignment t on t.partner_id = p.id
    join link l on l.record_id = p.account_id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and p.merged_into is null and l.merged_into is null order by 1`);
  return rows.map(({ ref }) => ref);
}

/** Somebody changes an account in the CRM. */
export async function writeAccount(
  world: TwoWayWorld,
  crm: CrmKind,
  extId: string,
  fields: RemoteFields,
): Promise<void> {
  const connector = requireCrm(world.deps.connectorFor(await world.connection(crm)));
  const writes = [{ id: 'edit', extId, keyValue: null, fields }];
  const [outcome] = await connector.push({
    object: accountObjects[crm],
    operation: 'update',
    keyField: null,
    writes,
  });
  if (!outcome?.ok) throw new Error(`${crm} refused the edit: ${JSON.stringify(outcome)}`);
}

/** The CRM's values of one field of these accounts, in order. */
export async function accountValues(
  world: TwoWayWorld,
  crm: CrmKind,
  field: string,
  extIds: readonly string[],
): Promise<readonly (string | null)[]> {
  const connector = requireCrm(world.deps.connectorFor(await world.connection(crm)));
  const records = await connector.fetch(accountObjects[crm], extIds, [field]);
  const values = new Map(records.map((record) => [record.extId, record.fields[field]]));
  return extIds.map((extId) => {
    const value = values.get(extId);
    return typeof value === 'string' && value !== '' ? value : null;
  });
}
