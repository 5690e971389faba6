import type { RemoteFields } from '#connectors/contract/records.ts';
import type { EditedShadow } from '#src/domain/sync/shadow.ts';
import type { RemoteView } from '#src/domain/sync/remote-state.ts';
import { and, eq, sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { erasedRecords } from './remote-store.ts';
import { link, remoteRecord, shadow } from '#src/db/schema/connection.ts';

export type FieldShadow = EditedShadow<RemoteFields[string]>;
export type StoredRemoteView = RemoteView<RemoteFields[string]>;

/** The shadow of a record with its last read state; null when it was never read. */
export interface ShadowedRecord {
  readonly shadow: FieldShadow;
  readonly view: StoredRemoteView | null;
}

/** Shadows by the vendor's id. Only records that were written or edited have one. */
export async function shadowsOf(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<Map<string, ShadowedRecord>> {
  if (extIds.length === 0) return new Map();
  // Looked up one by one. Without statistics the planner takes the tables for empty and would scan all
  // records of the object for each shadow.
  const seen = db
    .select({
      fields: remoteRecord.fields,
      pulledAt: remoteRecord.pulledAt,
      modifiedAt: remoteRecord.modifiedAt,
    })
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, shadow.connectionId),
        eq(remoteRecord.object, shadow.object),
        eq(remoteRecord.extId, shadow.extId),
        eq(remoteRecord.deleted, false),
      ),
    )
    .limit(1)
    .as('seen');
  const rows = await db
    .select({ shadow, view: { fields: seen.fields, pulledAt: seen.pulledAt, modifiedAt: seen.modifiedAt } })
    .from(shadow)
    .leftJoinLateral(seen, sql`true`)
    .where(
      and(
        eq(shadow.connectionId, connectionId),
        eq(shadow.object, object),
        isKeyIn(shadow.extId, extIds, 'text'),
      ),
    );
  return new Map(
    rows.map(({ shadow: { extId, fields, edits, sent, writtenAt, modifiedAt }, view }) => [
      extId,
      { shadow: { fields, edits, sent, writtenAt, modifiedAt }, view },
    ]),
  );
}

/**
 * Replaces shadows. Read and save them under `lockObject`, because mapping, planning, writing and editing all
 * change them. A record that was erased during a write gets none.
 */
export async function saveShadows(
  db: Db,
  connectionId: string,
  object: string,
  shadows: ReadonlyMap<string, FieldShadow>,
): Promise<void> {
  const erased = await erasedRecords(db, connectionId, object, [...shadows.keys()]);
  const present = [...shadows].filter(([extId]) => !erased.has(extId));
  await bulkInsert(
    db,
    shadow,
    present.map(([extId, { fields, edits, sent = {}, writtenAt, modifiedAt }]) => ({
      connectionId,
      object,
      extId,
      fields,
      edits,
      sent,
      writtenAt,
      modifiedAt,
    })),
    sql`on conflict (connection_id, object, ext_id) do update set ${setExcluded('fields', 'edits', 'sent', 'written_at', 'modified_at')}`,
  );
}

export interface EditedRecord {
  readonly extId: string;
  readonly recordId: string;
  /** Our field → ISO instant of the edit. */
  readonly edits: FieldShadow['edits'];
  /** The last values that were equal on both sides, in the vendor's form. */
  readonly fields: RemoteFields;
  readonly sent: NonNullable<FieldShadow['sent']>;
}

/** Records with edits in Fairway that the CRM does not have yet: all, or those among `recordIds`. */
export async function editedRecords(
  db: Db,
  connectionId: string,
  object: string,
  recordIds?: readonly string[],
): Promise<EditedRecord[]> {
  if (recordIds?.length === 0) return [];
  return db
    .select({
      extId: shadow.extId,
      recordId: link.recordId,
      edits: shadow.edits,
      fields: shadow.fields,
      sent: shadow.sent,
    })
    .from(shadow)
    .innerJoin(
      link,
      and(
        eq(link.connectionId, shadow.connectionId),
        eq(link.object, shadow.object),
        eq(link.extId, shadow.extId),
      ),
    )
    .where(
      and(
        eq(shadow.connectionId, connectionId),
        eq(shadow.object, object),
        sql`${shadow.edits} <> '{}'::jsonb`,
        recordIds ? isIn(link.recordId, recordIds) : undefined,
      ),
    );
}

/** Removes edits of fields, by our names. */
export async function dropEdits(
  tx: Db,
  connectionId: string,
  object: string,
  edited: readonly { readonly extId: string; readonly fields: readonly string[] }[],
): Promise<void> {
  if (edited.length === 0) return;
  await tx.execute(sql`
    update shadow s set edits = s.edits - array(select jsonb_array_elements_text(x.fields))
    from jsonb_to_recordset(${JSON.stringify(edited)}::text::jsonb) as x("extId" text, fields jsonb)
    where s.connection_id = ${connectionId} and s.object = ${object} and s.ext_id = x."extId"`);
}
