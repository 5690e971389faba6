import { and, eq, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { remoteRecord, scanned } from '#src/db/schema/connection.ts';

/** Remembers what a scan has seen. */
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

/** How many records of an object we take for being there. */
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
  /** Ours say they are there, the scan did not show them. */
  readonly vanished: readonly string[];
  /** Ours say they are gone, the scan showed them. */
  readonly revived: readonly string[];
}

/**
 * Compares a scan that came to its end with what we hold. What was pulled since it began is not the scan's to
 * judge.
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
  return { vanished: ids(false), revived: ids(true) };
}
