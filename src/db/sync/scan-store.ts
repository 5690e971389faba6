import { and, eq, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { remoteRecord, scanned } from '#src/db/schema/connection.ts';

/** Saves the records that a scan has seen. */
export async function saveScanned(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<void> {
  await bulkInsert(
    db,
    scanned,
    [...new Set(extIds)].map((extId) => ({ connectionId, object, extId })),
    sql`on conflict do nothing`,
  );
}

export async function deleteScanned(db: Db, connectionId: string, object: string): Promise<void> {
  await db.delete(scanned).where(and(eq(scanned.connectionId, connectionId), eq(scanned.object, object)));
}

/** The number of records of an object that are not deleted. */
export async function countPresent(db: Db, connectionId: string, object: string): Promise<number> {
  return db.$count(
    remoteRecord,
    and(
      eq(remoteRecord.connectionId, connectionId),
      eq(remoteRecord.object, object),
      eq(remoteRecord.deleted, false),
    ),
  );
}

export interface ScanDifference {
  /** Stored as present, and not seen by the scan. */
  readonly unseen: readonly string[];
  /** Stored as deleted, and seen by the scan. */
  readonly revived: readonly string[];
}

/** Records that Fairway created and has never read: the next read of changes shows those that still exist. */
const neverRead = (connectionId: string, object: string) => sql`
  link l where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null
    and not exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id))`;

export async function countNeverRead(db: Db, connectionId: string, object: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from ${neverRead(connectionId, object)}`,
  );
  return row?.count ?? 0;
}

/**
 * Compares a completed scan with the stored records, and with those that Fairway created and has never read. Records
 * that were pulled or written after it began are left out.
 */
export async function compareScan(
  db: Db,
  connectionId: string,
  object: string,
  began: Date,
): Promise<ScanDifference> {
  const rows = await db.execute<{ ext_id: string; deleted: boolean }>(sql`
    select r.ext_id, r.deleted from remote_record r left join scanned s using (connection_id, object, ext_id)
    where r.connection_id = ${connectionId} and r.object = ${object} and r.pulled_at <= ${began.toISOString()}
      and r.deleted = (s.ext_id is not null)
    union all
    select l.ext_id, false from ${neverRead(connectionId, object)}
      and not exists (select 1 from scanned s where (s.connection_id, s.object, s.ext_id) = (l.connection_id, l.object, l.ext_id))
      and exists (select 1 from shadow w where (w.connection_id, w.object, w.ext_id) = (l.connection_id, l.object, l.ext_id)
                     and w.written_at <= ${began.toISOString()})
    order by 1`);
  const ids = (deleted: boolean) => rows.filter((row) => row.deleted === deleted).map((row) => row.ext_id);
  return { unseen: ids(false), revived: ids(true) };
}
