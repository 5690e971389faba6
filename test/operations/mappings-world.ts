import type { MappedField, MappingPack } from '#mappings/engine/pack.ts';
import { addVersion, highestVersion, liveVersion, moveVersion, type MappingVersion } from '#src/db/mapping-version-store.ts';
import { crmSchema, type CrmField } from '#src/domain/crm-schema.ts';
import { packFor } from '#src/operations/connections.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { CrmKind, TwoWayWorld } from './two-way-world.ts';

/** The vendor's name of a text field that a test adds. */
export const addedField = { salesforce: 'Fairway_Partner_Note__c', hubspot: 'fairway_partner_note' } as const;

/** The CRM's admin adds a text field to its accounts. */
export async function addAccountField(world: TwoWayWorld, crm: CrmKind): Promise<void> {
  const field: CrmField = { name: 'partnerNote', label: 'Partner note', help: 'A note.', type: 'text', writtenBy: 'fairway' };
  const schema = crmSchema.map((object) => (object.kind === 'account' ? { ...object, fields: [...object.fields, field] } : object));
  await world.deps.connectorFor(await world.connection(crm)).install(schema);
}

/** The mapping in force, with other lines. */
export async function changed(
  world: TwoWayWorld,
  crm: CrmKind,
  kind: CanonicalKind,
  change: (fields: readonly MappedField[]) => readonly MappedField[],
): Promise<MappingPack> {
  const connection = await world.connection(crm);
  const pack = packFor(world.deps, connection, kind);
  if (!pack) throw new Error(`${crm} has no ${kind}`);
  const version = Math.max(pack.version, await highestVersion(world.deps.db, connection.id, pack.object)) + 1;
  return { ...pack, version, fields: [...change(pack.fields)] };
}

/** Somebody drafts that. */
export async function draftOf(world: TwoWayWorld, crm: CrmKind, ...what: Tail<Parameters<typeof changed>>): Promise<MappingVersion> {
  const { deps, personId } = world;
  const pack = await changed(world, crm, ...what);
  const { id: connectionId } = await world.connection(crm);
  const { object, kind, version } = pack;
  const at = deps.clock();
  const by = { editors: [personId], createdBy: personId, createdAt: at, updatedBy: personId, updatedAt: at };
  return addVersion(deps.db, { id: deps.ids(), connectionId, object, kind, version, pack, status: 'draft', basedOn: null, ...by });
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, unknown, ...infer Rest] ? Rest : never;

/** Somebody else has approved it. */
export async function publish({ deps, personId }: TwoWayWorld, { id, connectionId, kind }: MappingVersion): Promise<void> {
  const at = deps.clock();
  const before = await liveVersion(deps.db, { connectionId, kind });
  if (before) await moveVersion(deps.db, before.id, { status: 'retired', retiredAt: at });
  await moveVersion(deps.db, id, { status: 'submitted', submittedBy: personId, submittedAt: at });
  await moveVersion(deps.db, id, { status: 'live', decidedBy: deps.ids(), decidedAt: at });
}
