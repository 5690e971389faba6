import type { RemoteFailure } from '#connectors/contract/failures.ts';
import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { mappable, type UnmappedRecord } from '#src/db/sync/remote-store.ts';
import { remoteRecord } from '#src/db/schema/connection.ts';
import { writeIntent } from '#src/db/schema/work.ts';

/** Condition for records of an object that are not deleted. */
function present(connectionId: string, object: string, among: SQL): SQL | undefined {
  return and(
    eq(remoteRecord.connectionId, connectionId),
    eq(remoteRecord.object, object),
    eq(remoteRecord.deleted, false),
    among,
  );
}

/** These records as the vendor last showed them, placed or not. Deleted ones are left out. */
export async function shownRecords(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<UnmappedRecord[]> {
  if (extIds.length === 0) return [];
  return db
    .select(mappable)
    .from(remoteRecord)
    .where(present(connectionId, object, isKeyIn(remoteRecord.extId, extIds, 'text')))
    .orderBy(asc(remoteRecord.extId));
}

/** The next records that are not deleted, by their ids, changed or not. */
export async function recordsAfter(
  db: Db,
  connectionId: string,
  object: string,
  afterId: string,
  limit: number,
): Promise<UnmappedRecord[]> {
  return db
    .select(mappable)
    .from(remoteRecord)
    .where(present(connectionId, object, gt(remoteRecord.extId, afterId)))
    .orderBy(asc(remoteRecord.extId))
    .limit(limit);
}

/** A dead letter: a write that the vendor refused. */
export interface RefusedWrite {
  readonly ref: string;
  readonly fields: readonly string[];
  readonly failure: RemoteFailure;
}

/** Refused writes to any of these fields, newest first. */
export async function refusedWrites(
  db: Db,
  connectionId: string,
  object: string,
  fieldNames: readonly string[],
  limit: number,
): Promise<RefusedWrite[]> {
  if (fieldNames.length === 0) return [];
  const rows = await db.execute<{ ref: string; fields: string[]; failure: RemoteFailure }>(sql`
    select coalesce(w.ext_id, w.key_value, w.record_id::text) as ref, w.failure,
           array(select jsonb_object_keys(w.fields)) as fields
    from ${writeIntent} w
    where w.connection_id = ${connectionId} and w.object = ${object} and w.status = 'dead' and w.failure is not null
      and w.fields ?| array(select jsonb_array_elements_text(${JSON.stringify(fieldNames)}::text::jsonb))
    order by w.settled_at desc limit ${limit}`);
  return [...rows];
}

/** The outcomes of the writes planned under an id. An open write may still be sent. */
export interface WriteTally {
  readonly written: number;
  readonly refused: number;
  readonly open: number;
  /** The writes that were replaced by newer ones of the same records before they were sent. */
  readonly superseded: number;
}

export async function tallyOfWrites(db: Db, runId: string): Promise<WriteTally> {
  const [row] = await db.execute<{ written: number; refused: number; open: number; superseded: number }>(sql`
    select count(*) filter (where status = 'done')::int as written, count(*) filter (where status = 'dead')::int as refused,
           count(*) filter (where status = 'pending')::int as open, count(*) filter (where status = 'superseded')::int as superseded
    from ${writeIntent} where run_id = ${runId}`);
  return row ?? { written: 0, refused: 0, open: 0, superseded: 0 };
}
