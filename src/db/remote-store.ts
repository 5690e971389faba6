import type { RemoteFields, RemoteRecord } from '#connectors/connector.ts';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { bulkInsert } from './bulk.ts';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { link, remoteRecord } from './schema/connection.ts';

const newer = sql`(remote_record.modified_at < excluded.modified_at
  or (remote_record.modified_at = excluded.modified_at and remote_record.hash <> excluded.hash))`;

export interface HashedRecord extends RemoteRecord {
  readonly hash: string;
}

/**
 * Stores what the vendor showed. A record seen before is left alone, so duplicates and look-back cost nothing further; one
 * older than what we have is dropped, so a stale answer never overwrites a fresher one. A newer stamp on equal content is
 * stored too: somebody may have undone what we wrote. Returns how many were new or changed.
 *
 * @param stamps `ordered` trusts the vendor's stamps; `unordered` goes by content alone, for files that may be copied with any time.
 */
export async function saveRemoteRecords(
  db: Db,
  connectionId: string,
  object: string,
  records: readonly HashedRecord[],
  { pulledAt, stamps }: { readonly pulledAt: Date; readonly stamps: 'ordered' | 'unordered' },
): Promise<number> {
  const rows = records.map((record) => ({
    connectionId,
    object,
    extId: record.extId,
    fields: record.fields,
    hash: record.hash,
    modifiedAt: new Date(record.modifiedAt),
    deleted: record.deleted,
    pulledAt,
  }));
  return bulkInsert(
    db,
    remoteRecord,
    rows,
    sql`on conflict (connection_id, object, ext_id) do update
        set fields = excluded.fields, hash = excluded.hash, modified_at = excluded.modified_at, deleted = excluded.deleted, pulled_at = excluded.pulled_at
        where ${stamps === 'ordered' ? newer : sql`remote_record.hash <> excluded.hash`}`,
  );
}

export type UnmappedRecord = Pick<typeof remoteRecord.$inferSelect, 'extId' | 'fields' | 'hash' | 'deleted'>;

/** The next records, by id, that changed since they were last placed. */
export async function unmappedRecords(
  db: Db,
  connectionId: string,
  object: string,
  afterId: string,
  limit: number,
): Promise<UnmappedRecord[]> {
  return db
    .select({ extId: remoteRecord.extId, fields: remoteRecord.fields, hash: remoteRecord.hash, deleted: remoteRecord.deleted })
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, connectionId),
        eq(remoteRecord.object, object),
        gt(remoteRecord.extId, afterId),
        sql`${remoteRecord.mappedHash} is distinct from ${remoteRecord.hash}`,
      ),
    )
    .orderBy(asc(remoteRecord.extId))
    .limit(limit);
}

export async function countUnmapped(db: Db, connectionId: string, object: string): Promise<number> {
  return db.$count(
    remoteRecord,
    and(
      eq(remoteRecord.connectionId, connectionId),
      eq(remoteRecord.object, object),
      sql`${remoteRecord.mappedHash} is distinct from ${remoteRecord.hash}`,
    ),
  );
}

export async function markMapped(
  db: Db,
  connectionId: string,
  object: string,
  records: readonly { readonly extId: string; readonly hash: string }[],
): Promise<void> {
  if (records.length === 0) return;
  await db.execute(sql`
    update remote_record r set mapped_hash = x.hash
    from jsonb_to_recordset(${JSON.stringify(records.map(({ extId, hash }) => ({ extId, hash })))}::text::jsonb) as x("extId" text, hash text)
    where r.connection_id = ${connectionId} and r.object = ${object} and r.ext_id = x."extId"`);
}

/** Our ids of these remote records; those not placed yet are absent. */
export async function linkedIds(db: Db, connectionId: string, object: string, extIds: readonly string[]): Promise<Map<string, string>> {
  if (extIds.length === 0) return new Map();
  const rows = await db
    .select({ extId: link.extId, recordId: link.recordId })
    .from(link)
    .where(and(eq(link.connectionId, connectionId), eq(link.object, object), isIn(link.extId, extIds)));
  return new Map(rows.map((row) => [row.extId, row.recordId]));
}

export async function saveLinks(db: Db, rows: readonly (typeof link.$inferInsert)[]): Promise<void> {
  await bulkInsert(db, link, rows, sql`on conflict (connection_id, object, ext_id) do nothing`);
}

/** What a record holds in the CRM as far as we know: as pulled, or as we have written it since. */
export interface RemoteState {
  readonly extId: string;
  readonly recordId: string;
  readonly fields: RemoteFields;
}

/** The remote records behind ours. A record with several links in one connection comes once a link. */
export async function remoteStates(db: Db, connectionId: string, object: string, recordIds: readonly string[]): Promise<RemoteState[]> {
  if (recordIds.length === 0) return [];
  const rows = await db.execute<{ ext_id: string; record_id: string; fields: RemoteFields }>(sql`
    select l.ext_id, l.record_id,
           coalesce(r.fields, '{}'::jsonb) || case when r.pulled_at is null or s.written_at > r.pulled_at then coalesce(s.fields, '{}'::jsonb) else '{}'::jsonb end as fields
    from link l
    left join remote_record r using (connection_id, object, ext_id)
    left join shadow s using (connection_id, object, ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and coalesce(r.deleted, false) = false
      and l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(recordIds)}::text::jsonb))`);
  return rows.map((row) => ({ extId: row.ext_id, recordId: row.record_id, fields: row.fields }));
}

/**
 * The vendor says these are gone. The next mapping takes them back, as if a pull had shown it; what only we make and never pull, a
 * payout, is unlinked and so made again.
 */
export async function markGone(db: Db, connectionId: string, object: string, extIds: readonly string[]): Promise<void> {
  if (extIds.length === 0) return;
  await db
    .update(remoteRecord)
    // No content has this hash: should the record come back, it is placed again.
    .set({ deleted: true, hash: 'gone', mappedHash: null })
    .where(and(eq(remoteRecord.connectionId, connectionId), eq(remoteRecord.object, object), isIn(remoteRecord.extId, extIds)));
  await db.execute(sql`
    delete from link l using jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb) as gone(ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.ext_id = gone.ext_id
      and not exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id))`);
}

/** Held to the end of the transaction: placing one object of one connection is done by one worker at a time. */
export async function lockObject(tx: Db, connectionId: string, object: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(4700006, hashtext(${`${connectionId}|${object}`}))`);
}

/** Our ids of the records, or of those of them among `among`, that show something in this field, as pulled or as written since. */
export async function recordsShowing(
  db: Db,
  connectionId: string,
  object: string,
  field: string,
  among?: readonly string[],
): Promise<string[]> {
  if (among?.length === 0) return [];
  const rows = await db.execute<{ record_id: string }>(sql`
    select l.record_id from link l
    join remote_record r using (connection_id, object, ext_id)
    left join shadow s using (connection_id, object, ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and not r.deleted
      and coalesce(case when s.written_at > r.pulled_at and s.fields ? ${field} then s.fields ->> ${field} else r.fields ->> ${field} end, '') <> ''
      and ${among ? sql`l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(among)}::text::jsonb))` : sql`true`}`);
  return rows.map((row) => row.record_id);
}
