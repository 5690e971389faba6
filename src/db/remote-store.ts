import type { RemoteFields, RemoteRecord } from '#connectors/connector.ts';
import { and, asc, eq, gt, isNull, sql, type SQL } from 'drizzle-orm';
import { bulkInsert, storableJson } from './bulk.ts';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { link, remoteRecord } from './schema/connection.ts';

/** How the vendor came to show something. */
export interface Showing {
  /** Our clock just before the vendor was asked. */
  readonly pulledAt: Date;
  /** Our clock now. */
  readonly at: Date;
  readonly via: 'read' | 'hint' | 'scan';
  /**
   * `ordered` trusts the vendor's stamps: what is older than what we have is dropped, whenever it arrives. `asked` goes by when the vendor
   * was asked, for files, which may be copied with any time. So does `doubted`, for a record fetched by its id where we doubt what we have or
   * the vendor has no stamp for it; it is placed again even when it shows the same, because it is from after what we doubt.
   */
  readonly stamps: 'ordered' | 'asked' | 'doubted';
  /**
   * The object is read for the first time: there is nothing to compare with, so changes are not looked for. These of its records have
   * been placed in the same transaction.
   */
  readonly first?: { readonly placed: ReadonlySet<string> };
}

/**
 * Stores what the vendor showed, and of records known before also what changed. A record seen before is left alone, so duplicates and
 * look-back cost nothing further; a stale answer never overwrites a fresher one. A newer stamp on equal content is stored too:
 * somebody may have undone what we wrote. A deleted record keeps what it last showed, because vendors empty fields when they delete,
 * and nobody edited those. Returns how many records were new or changed.
 */
export async function saveRemoteRecords(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  showing: Showing,
): Promise<number> {
  if (records.length === 0) return 0;
  // One at a time an object: two that hold the same rows in another order would wait for each other for ever.
  await tx.execute(sql`select pg_advisory_xact_lock(4700008, hashtext(${`${connectionId}|${object}`}))`);
  const unique = newestOfEach(records);
  let count = 0;
  for (let start = 0; start < unique.length; start += rowsAtOnce) {
    count += await saveSome(tx, connectionId, object, unique.slice(start, start + rowsAtOnce), showing);
  }
  return count;
}

/** A page of a bulk read is too much for one statement: it would be in memory several times over. */
const rowsAtOnce = 2_500;

/** A survivor comes with each record that was merged into it, so an answer may hold a record twice. */
function newestOfEach(records: readonly RemoteRecord[]): RemoteRecord[] {
  const unique = new Map<string, RemoteRecord>();
  for (const record of records) {
    const other = unique.get(record.extId);
    if (!other || Date.parse(other.modifiedAt) <= Date.parse(record.modifiedAt)) unique.set(record.extId, record);
  }
  return [...unique.values()];
}

/** The database hashes: it has the content in its canonical form, whatever order the vendor sent it in. */
async function saveSome(tx: Db, connectionId: string, object: string, records: readonly RemoteRecord[], showing: Showing): Promise<number> {
  const { first, stamps, pulledAt } = showing;
  const rows = records.map(({ extId, fields, modifiedAt, deleted, mergedInto = null }) => ({
    ext_id: extId,
    fields,
    modified_at: modifiedAt,
    deleted,
    merged_into: mergedInto,
    placed: first?.placed.has(extId) ?? false,
  }));
  const [result] = await tx.execute<{ count: number }>(sql`
    with incoming as materialized (
      select x.*, encode(sha256(convert_to(${shownContent}, 'UTF8')), 'hex') as hash from jsonb_to_recordset(${storableJson(rows)}::text::jsonb)
        as x(ext_id text, fields jsonb, modified_at timestamptz, deleted boolean, merged_into text, placed boolean)
    ),
    ${first ? sql`` : sql`${knownBefore(connectionId, object)},`}
    saved as (
      insert into remote_record (connection_id, object, ext_id, fields, hash, modified_at, deleted, merged_into, pulled_at, mapped_hash)
      select ${connectionId}::uuid, ${object}, ext_id, fields, hash, modified_at, deleted, merged_into, ${pulledAt.toISOString()}::timestamptz,
             case when placed then hash end
      from incoming order by ext_id
      on conflict (connection_id, object, ext_id) do update
        set fields = case when excluded.deleted then remote_record.fields else excluded.fields end, hash = excluded.hash,
            modified_at = ${stamps === 'doubted' ? sql`greatest(remote_record.modified_at, excluded.modified_at)` : sql`excluded.modified_at`},
            deleted = excluded.deleted, merged_into = excluded.merged_into, pulled_at = excluded.pulled_at,
            mapped_hash = ${stamps === 'doubted' ? sql`null` : sql`remote_record.mapped_hash`}
        where ${replacing[stamps]}
      returning ext_id, fields, deleted, merged_into, modified_at
    )
    ${first ? sql`` : sql`, ${told(connectionId, object, showing)}`}
    select count(*)::int as count from saved`);
  return result?.count ?? 0;
}

/** What a deleted record shows is no content: only that it is gone, and where to. */
const shownContent = sql`case when x.deleted then 'deleted ' || coalesce(x.merged_into, '') else x.fields::text end`;

/** `replaces` of the domain, asked of whole pages. */
const fresher = sql`remote_record.hash <> excluded.hash and remote_record.pulled_at <= excluded.pulled_at`;
const newer = sql`remote_record.modified_at < excluded.modified_at
          or (remote_record.modified_at = excluded.modified_at and ${fresher} and (excluded.deleted or not remote_record.deleted))`;

const replacing = { ordered: newer, asked: fresher, doubted: sql`remote_record.pulled_at <= excluded.pulled_at` } as const;

/** As the statement found them: its own writes do not show in it. */
const knownBefore = (connectionId: string, object: string): SQL => sql`before as materialized (
      select r.ext_id, r.fields, r.deleted from incoming join remote_record r using (ext_id)
      where r.connection_id = ${connectionId} and r.object = ${object}
    )`;

/** A field that was not read before was not changed now. */
const told = (connectionId: string, object: string, { via, at }: Showing): SQL => sql`told as (
      insert into remote_change (connection_id, object, ext_id, what, changes, via, modified_at, at)
      select ${connectionId}::uuid, ${object}, ext_id, what, changes, ${via}, s.modified_at, ${at.toISOString()}::timestamptz
      from saved s join before b using (ext_id)
      cross join lateral (
        select coalesce(jsonb_object_agg(key, jsonb_build_array(b.fields -> key, s.fields -> key)), '{}'::jsonb) as changes
        from jsonb_object_keys(s.fields) as key
        where b.fields ? key and b.fields -> key <> s.fields -> key
      ) c
      cross join lateral (
        select case when s.merged_into is not null then 'merged' when s.deleted and not b.deleted then 'deleted'
                    when b.deleted and not s.deleted then 'restored' when c.changes <> '{}'::jsonb then 'changed' end as what
      ) w
      where what is not null
    )`;

/** Which of these records were read or linked before. */
export async function knownRecords(db: Db, connectionId: string, object: string, extIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.execute<{ ext_id: string }>(sql`
    with asked as materialized (select value as ext_id from jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb))
    select ext_id from asked
    where exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (${connectionId}::uuid, ${object}, asked.ext_id))
       or exists (select 1 from link l where (l.connection_id, l.object, l.ext_id) = (${connectionId}::uuid, ${object}, asked.ext_id))`);
  return new Set(rows.map((row) => row.ext_id));
}

export type UnmappedRecord = Pick<typeof remoteRecord.$inferSelect, 'extId' | 'fields' | 'hash' | 'deleted' | 'mergedInto'>;

/** The next records, by id, that changed since they were last placed. */
export async function unmappedRecords(
  db: Db,
  connectionId: string,
  object: string,
  afterId: string,
  limit: number,
): Promise<UnmappedRecord[]> {
  return db
    .select({
      extId: remoteRecord.extId,
      fields: remoteRecord.fields,
      hash: remoteRecord.hash,
      deleted: remoteRecord.deleted,
      mergedInto: remoteRecord.mergedInto,
    })
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

/** Our ids of these remote records; those not placed yet are absent. One that was merged leads to the survivor's. */
export async function linkedIds(db: Db, connectionId: string, object: string, extIds: readonly string[]): Promise<Map<string, string>> {
  return recordIds(db, connectionId, object, extIds);
}

/** The same without merged records: their ids name the survivor's record, but nothing said of them is about it. */
export async function ownIds(db: Db, connectionId: string, object: string, extIds: readonly string[]): Promise<Map<string, string>> {
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
    .where(and(eq(link.connectionId, connectionId), eq(link.object, object), isIn(link.extId, extIds), which));
  return new Map(rows.map((row) => [row.extId, row.recordId]));
}

/** A record that comes back after it was merged becomes a record of its own. */
export async function saveLinks(db: Db, rows: readonly Omit<typeof link.$inferInsert, 'mergedInto'>[]): Promise<void> {
  await bulkInsert(
    db,
    link,
    rows,
    sql`on conflict (connection_id, object, ext_id) do update set record_id = excluded.record_id, merged_into = null
        where link.merged_into is not null`,
  );
}

export type RecordLink = Pick<typeof link.$inferSelect, 'connectionId' | 'object' | 'extId'>;

/** Where a record of ours can be written to, in a fixed order. */
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

/** Links many records of one object that had no link before, at the least a row can cost. */
export async function linkNew(
  tx: Db,
  { connectionId, object, kind }: Pick<typeof link.$inferInsert, 'connectionId' | 'object' | 'kind'>,
  records: readonly { readonly extId: string; readonly id: string }[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.execute(sql`
    insert into link (connection_id, object, kind, ext_id, record_id)
    select ${connectionId}::uuid, ${object}, ${kind}, x.e, x.i
    from jsonb_to_recordset(${JSON.stringify(records.map(({ extId, id }) => ({ e: extId, i: id })))}::text::jsonb) as x(e text, i uuid)`);
}

/** What a record holds in the CRM as far as we know: as pulled, or as we have written it since. */
export interface RemoteState {
  readonly extId: string;
  readonly recordId: string;
  readonly fields: RemoteFields;
}

/** Whether what was pulled does not show our last write: it was asked for before, or shows an older state than the write made. */
const behind = sql`(r.pulled_at is null or coalesce(r.pulled_at < s.written_at or r.modified_at < s.modified_at, false))`;

/** The remote records behind ours that can be written to. A record with several links in one connection comes once a link. */
export async function remoteStates(db: Db, connectionId: string, object: string, recordIds: readonly string[]): Promise<RemoteState[]> {
  if (recordIds.length === 0) return [];
  const rows = await db.execute<{ ext_id: string; record_id: string; fields: RemoteFields }>(sql`
    select l.ext_id, l.record_id,
           coalesce(r.fields, '{}'::jsonb) || case when ${behind} then coalesce(s.fields, '{}'::jsonb) else '{}'::jsonb end as fields
    from link l
    left join remote_record r using (connection_id, object, ext_id)
    left join shadow s using (connection_id, object, ext_id)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null and coalesce(r.deleted, false) = false
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
    .where(
      and(
        eq(remoteRecord.connectionId, connectionId),
        eq(remoteRecord.object, object),
        isIn(remoteRecord.extId, extIds),
        // What is known to be deleted or merged stays what it is.
        eq(remoteRecord.deleted, false),
      ),
    );
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
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null and not r.deleted
      and coalesce(case when ${behind} and s.fields ? ${field} then s.fields ->> ${field} else r.fields ->> ${field} end, '') <> ''
      and ${among ? sql`l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(among)}::text::jsonb))` : sql`true`}`);
  return rows.map((row) => row.record_id);
}
