import type { MappedField, MappingPack } from '#mappings/engine/pack.ts';
import { addVersion, highestVersion, liveVersion, moveVersion, type MappingVersion } from '#src/db/mapping-version-store.ts';
import { crmSchema, type CrmField } from '#src/domain/crm-schema.ts';
import { packFor } from '#src/operations/connections.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { CrmKind, TwoWayWorld } from './two-way-world.ts';

/** The vendor's name of a text field that a test adds. */
export const addedField = { salesforce: 'Fairway_Partner_Note__c', hubspot: 'fairway_partner_note' } as const;

/** The CRM's admin adds a text field to its accounts. */
export async function addAccountField({ deps, connection }: TwoWayWorld, crm: CrmKind): Promise<void> {
  const field: CrmField = { name: 'partnerNote', label: 'Partner note', help: 'A note.', type: 'text', writtenBy: 'fairway' };
  const schema = crmSchema.map((object) => (object.kind === 'account' ? { ...object, fields: [...object.fields, field] } : object));
  await deps.connectorFor(await connection(crm)).install(schema);
}

/** Somebody drafts a mapping: the one in force, with other lines. */
export async function draftOf(
  { deps, connection, personId }: TwoWayWorld,
  crm: CrmKind,
  kind: CanonicalKind,
  change: (fields: readonly MappedField[]) => readonly MappedField[],
): Promise<MappingVersion> {
  const at = deps.clock();
  const of = await connection(crm);
  const { id: connectionId } = of;
  const pack = packFor(deps, of, kind);
  if (!pack) throw new Error(`${crm} has no ${kind}`);
  const { object } = pack;
  const version = Math.max(pack.version, await highestVersion(deps.db, connectionId, object)) + 1;
  return addVersion(deps.db, {
    id: deps.ids(),
    connectionId,
    object,
    kind,
    version,
    pack: { ...pack, version, fields: [...change(pack.fields)] } as MappingPack,
    status: 'draft',
    basedOn: pack.version,
    editors: [personId],
    createdBy: personId,
    createdAt: at,
    updatedBy: personId,
    updatedAt: at,
  });
}

/** Somebody else has approved it. */
export async function publish({ deps, personId }: TwoWayWorld, { id, connectionId, kind }: MappingVersion): Promise<void> {
  const at = deps.clock();
  const before = await liveVersion(deps.db, { connectionId, kind });
  if (before) await moveVersion(deps.db, before.id, { status: 'retired', retiredAt: at });
  await moveVersion(deps.db, id, { status: 'submitted', submittedBy: personId, submittedAt: at });
  await moveVersion(deps.db, id, { status: 'live', decidedBy: deps.ids(), decidedAt: at });
}
