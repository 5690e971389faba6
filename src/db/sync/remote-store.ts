import type { RemoteFields } from '#connectors/contract/records.ts';
import { and, asc, eq, gt, lte, sql, type SQL } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { erasedHash, remoteRecord } from '#src/db/schema/connection.ts';

/** The records among these that were read or linked before. */
export async function knownRecords(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = isKeyIn(sql`ext_id`, extIds, 'text');
  const rows = await db.execute<{ ext_id: string }>(sql`
    select ext_id from remote_record where connection_id = ${connectionId} and object = ${object} and ${asked}
    union
    select ext_id from link where connection_id = ${connectionId} and object = ${object} and ${asked}`);
  return new Set(rows.map((row) => row.ext_id));
}

/** The records among these that the vendor has erased for privacy. */
export async function erasedRecords(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (extIds.length === 0) return new Set();
  const here = and(
    eq(remoteRecord.connectionId, connectionId),
    eq(remoteRecord.object, object),
    isKeyIn(remoteRecord.extId, extIds, 'text'),
  );
  const rows = await db
    .select({ extId: remoteRecord.extId })
    .from(remoteRecord)
    .where(and(here, eq(remoteRecord.hash, erasedHash)));
  return new Set(rows.map((row) => row.extId));
}

const { extId, fields, hash, deleted, mergedInto } = remoteRecord;
/** The columns that mapping needs. */
export const mappable = { extId, fields, hash, deleted, mergedInto };
export type UnmappedRecord = Pick<typeof remoteRecord.$inferSelect, keyof typeof mappable>;

/**
 * The next records, by id, that changed since they were last placed.
 *
 * @param upToId the last id; null for no end
 */
export async function unmappedRecords(
  db: Db,
  connectionId: string,
  object: string,
  {
    afterId,
    upToId,
    limit,
  }: { readonly afterId: string; readonly upToId: string | null; readonly limit: number },
): Promise<UnmappedRecord[]> {
  return db
    .select(mappable)
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, connectionId),
        eq(remoteRecord.object, object),
        gt(remoteRecord.extId, afterId),
        upToId === null ? undefined : lte(remoteRecord.extId, upToId),
        sql`${remoteRecord.mappedHash} is distinct from ${remoteRecord.hash}`,
      ),
    )
    .orderBy(asc(remoteRecord.extId))
    .limit(limit);
}

/** The records of an object that are not deleted, by id. */
export async function presentRecords(
  db: Db,
  connectionId: string,
  object: string,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<{ extId: string; fields: RemoteFields }[]> {
  return db
    .select({ extId: remoteRecord.extId, fields: remoteRecord.fields })
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, connectionId),
        eq(remoteRecord.object, object),
        eq(remoteRecord.deleted, false),
        gt(remoteRecord.extId, afterId),
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

/** Has all records of an object placed again, as after a change of what their values mean. */
export async function markUnmapped(tx: Db, connectionId: string, object: string): Promise<void> {
  await tx
    .update(remoteRecord)
    .set({ mappedHash: null })
    .where(and(eq(remoteRecord.connectionId, connectionId), eq(remoteRecord.object, object)));
}

/** The values of a record in the CRM as far as Fairway knows: as pulled, or as written since. */
export interface RemoteState {
  readonly extId: string;
  readonly recordId: string;
  readonly fields: RemoteFields;
}

/**
 * True when the pulled record does not include our last write: it was requested before the write, or its
 * stamp is older.
 */
const behind = sql`(r.pulled_at is null or coalesce(r.pulled_at < s.written_at or r.modified_at < s.modified_at, false))`;

/**
 * The remote records of our records that can be written to. A record with several links in one connection is
 * returned once for each link.
 */
export async function remoteStates(
  db: Db,
  connectionId: string,
  object: string,
  recordIds: readonly string[],
): Promise<RemoteState[]> {
  if (recordIds.length === 0) return [];
  // Looked up one by one, as in `shadowsOf`.
  const rows = await db.execute<{ ext_id: string; record_id: string; fields: RemoteFields }>(sql`
    select l.ext_id, l.record_id,
           coalesce(r.fields, '{}'::jsonb) || case when ${behind} then coalesce(s.fields, '{}'::jsonb) else '{}'::jsonb end as fields
    from link l
    left join lateral (
      select * from remote_record where (connection_id, object, ext_id) = (l.connection_id, l.object, l.ext_id) limit 1) r on true
    left join lateral (
      select * from shadow where (connection_id, object, ext_id) = (l.connection_id, l.object, l.ext_id) limit 1) s on true
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null and coalesce(r.deleted, false) = false
      and ${isKeyIn(sql`l.record_id`, recordIds, 'uuid')}`);
  return rows.map((row) => ({ extId: row.ext_id, recordId: row.record_id, fields: row.fields }));
}

/**
 * Marks records as deleted when the vendor's answer to a write says so. The next mapping treats them as if a
 * pull had returned the deletion. A payout that was never read back is unlinked and so created again. A record
 * that was read after the write was sent has been restored and is not marked.
 *
 * @param sentAt our clock just before the write was sent
 */
export async function markDeletedByVendor(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
  { sentAt, at }: { readonly sentAt: Date; readonly at: Date },
): Promise<void> {
  if (extIds.length === 0) return;
  // No content has this hash, so a record that reappears is placed again. Records that are known to be
  // deleted or merged are not changed.
  await db.execute(sql`
    with gone as (
      update remote_record r set deleted = true, hash = 'gone', mapped_hash = null
      where r.connection_id = ${connectionId} and r.object = ${object} and not r.deleted and r.pulled_at <= ${sentAt.toISOString()}
        and r.ext_id in (select jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb))
      returning r.ext_id, r.modified_at
    )
    insert into remote_change (connection_id, object, ext_id, what, changes, via, modified_at, at)
    select ${connectionId}::uuid, ${object}, ext_id, 'deleted', '{}'::jsonb, 'write', modified_at, ${at.toISOString()}::timestamptz
    from gone`);
  await db.execute(sql`
    delete from link l using jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb) as gone(ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.ext_id = gone.ext_id
      and not exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id))`);
}

/** Deletes changes from before `before`. Returns their number. */
export async function deleteOldChanges(db: Db, before: Date): Promise<number> {
  const result = await db.execute(sql`delete from remote_change where at < ${before.toISOString()}`);
  return result.count;
}

/**
 * Locks one object of one connection to the end of the transaction, so that one process at a time places,
 * plans or edits its records.
 */
export async function lockObject(tx: Db, connectionId: string, object: string): Promise<void> {
  await lockInTransaction(tx, 'objectRecords', `${connectionId}|${object}`);
}

/** Fields that only Fairway fills, by the vendor's names. */
export interface OwnedFields {
  /** Installed by Fairway: every value in them is Fairway's. */
  readonly installed: readonly string[];
  /** Fields of the customer, where only a value that Fairway has written is Fairway's. */
  readonly others: readonly string[];
}

/**
 * Our ids of the records, or of those among `among`, that have a value in one of these fields, as pulled or as
 * written since.
 */
export async function recordsShowing(
  db: Db,
  connectionId: string,
  object: string,
  { installed, others }: OwnedFields,
  among?: readonly string[],
): Promise<string[]> {
  if (among?.length === 0 || installed.length + others.length === 0) return [];
  const shows = (field: string): SQL =>
    sql`coalesce(case when ${behind} and s.fields ? ${field} then s.fields ->> ${field} else r.fields ->> ${field} end, '') <> ''`;
  const shown = [
    ...installed.map(shows),
    ...others.map((field) => sql`(s.fields ? ${field} and ${shows(field)})`),
  ];
  const rows = await db.execute<{ record_id: string }>(sql`
    select l.record_id from link l
    join remote_record r using (connection_id, object, ext_id)
    left join shadow s using (connection_id, object, ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null and not r.deleted
      and (${sql.join(shown, sql` or `)})
      and ${among ? sql`l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(among)}::text::jsonb))` : sql`true`}`);
  return rows.map((row) => row.record_id);
}

/**
 * The records among these that are stored as deleted with the same stamp with which the vendor now returns
 * them as not deleted.
 */
export async function deletedWithSameStamp(
  db: Db,
  connectionId: string,
  object: string,
  alive: readonly { readonly extId: string; readonly modifiedAt: string }[],
): Promise<string[]> {
  if (alive.length === 0) return [];
  const shown = alive.map(({ extId, modifiedAt }) => ({ extId, modifiedAt }));
  const rows = await db.execute<{ ext_id: string }>(sql`
    select r.ext_id from remote_record r
    join jsonb_to_recordset(${JSON.stringify(shown)}::text::jsonb) as x("extId" text, "modifiedAt" timestamptz) on x."extId" = r.ext_id
    where r.connection_id = ${connectionId} and r.object = ${object} and r.deleted and r.modified_at = x."modifiedAt"`);
  return rows.map((row) => row.ext_id);
}
