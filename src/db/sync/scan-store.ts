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

/**
 * Compares a completed scan with the stored records. Records that were pulled after it began are left out.
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
    order by r.ext_id`);
  const ids = (deleted: boolean) => rows.filter((row) => row.deleted === deleted).map((row) => row.ext_id);
  return { unseen: ids(false), revived: ids(true) };
}
