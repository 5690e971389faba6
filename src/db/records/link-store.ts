import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { link, remoteRecord } from '#src/db/schema/connection.ts';

/**
 * Our ids of these remote records. Records that are not placed are left out; a merged record leads to the id
 * of the survivor.
 */
export async function linkedRecordIds(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<Map<string, string>> {
  return recordIds(db, connectionId, object, extIds);
}

/**
 * The same without merged records: their ids lead to the survivor's record, but their values are not about
 * it.
 */
export async function unmergedRecordIds(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<Map<string, string>> {
  return recordIds(db, connectionId, object, extIds, isNull(link.mergedInto));
}

async function recordIds(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
  which?: SQL,
): Promise<Map<string, string>> {
  if (extIds.length === 0) return new Map();
  const rows = await db
    .select({ extId: link.extId, recordId: link.recordId })
    .from(link)
    .where(
      and(
        eq(link.connectionId, connectionId),
        eq(link.object, object),
        isKeyIn(link.extId, [...new Set(extIds)], 'text'),
        which,
      ),
    );
  return new Map(rows.map((row) => [row.extId, row.recordId]));
}

/** Saves links. A record that reappears after it was merged gets a new record. */
export async function saveLinks(
  db: Db,
  rows: readonly Omit<typeof link.$inferInsert, 'mergedInto'>[],
): Promise<void> {
  await bulkInsert(
    db,
    link,
    rows,
    sql`on conflict (connection_id, object, ext_id) do update set record_id = excluded.record_id, merged_into = null
        where link.merged_into is not null`,
  );
}

export type RecordLink = Pick<typeof link.$inferSelect, 'connectionId' | 'object' | 'extId'>;

/** The CRM records where changes of one of our records are written, in a fixed order. */
export async function linksOf(db: Db, kind: string, recordId: string): Promise<RecordLink[]> {
  const there = and(
    eq(remoteRecord.connectionId, link.connectionId),
    eq(remoteRecord.object, link.object),
    eq(remoteRecord.extId, link.extId),
    eq(remoteRecord.deleted, false),
  );
  return db
    .select({ connectionId: link.connectionId, object: link.object, extId: link.extId })
    .from(link)
    .innerJoin(remoteRecord, there)
    .where(and(eq(link.recordId, recordId), eq(link.kind, kind), isNull(link.mergedInto)))
    .orderBy(asc(link.connectionId), asc(link.object), asc(link.extId));
}

/** The ids of all our records that can be written to one object. */
export async function writableRecordIds(db: Db, connectionId: string, object: string): Promise<string[]> {
  const rows = await db.execute<{ record_id: string }>(sql`
    select distinct l.record_id from link l join remote_record r using (connection_id, object, ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null and not r.deleted`);
  return rows.map((row) => row.record_id);
}
