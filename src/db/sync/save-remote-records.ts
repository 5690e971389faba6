import type { RemoteRecord } from '#connectors/contract/records.ts';
import { sql, type SQL } from 'drizzle-orm';
import { transactionLock } from '#src/db/advisory-locks.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';

/** Describes the request that returned some records. */
export interface ReadContext {
  /** Our clock just before the request. */
  readonly pulledAt: Date;
  /** Our clock now. */
  readonly at: Date;
  readonly via: 'read' | 'hint' | 'scan';
  /**
   * When a record replaces the stored one. `stamp`: when the vendor's stamp is newer, whenever the record
   * arrives. `asked`: when the request was later; for files, whose stamps may be anything. `recheck`: the
   * same, for a record that was fetched by its id because the stored one may be wrong or the vendor has no
   * stamp; it is placed again even if its content is the same.
   */
  readonly replaceBy: 'stamp' | 'asked' | 'recheck';
}

/** Records of an object's first read that were placed in the same transaction and had no link before. */
export interface InitialLinks {
  readonly kind: string;
  /** The vendor's id → our id. */
  readonly ids: ReadonlyMap<string, string>;
  /** Records that need no further placing. */
  readonly finished: ReadonlySet<string>;
}

/**
 * Stores the records that the vendor returned and the changes of known records. An unchanged record is
 * skipped, so duplicates and the look-back cost little; an older record never replaces a newer one. A newer
 * stamp with the same content is stored as well, because somebody may have undone our write. A deleted record
 * keeps its last fields, because vendors empty them on deletion. Returns the number of new or changed
 * records.
 */
export async function saveRemoteRecords(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  read: ReadContext,
): Promise<number> {
  if (records.length === 0) return 0;
  await tx.execute(sql`select ${savingLock(connectionId, object)}`);
  const unique = newestOfEach(records);
  let count = 0;
  for (let start = 0; start < unique.length; start += rowsAtOnce) {
    count += await saveSome(tx, connectionId, object, unique.slice(start, start + rowsAtOnce), read);
  }
  return count;
}

/**
 * The same for a part of an object's first read, with links. No record may be in it twice or be known, so
 * nothing has to be compared or replaced, which saves a quarter of the time. In the same transaction,
 * `startInitialSave` and the look-up of known records must come first: under its lock, unknown records stay
 * unknown.
 */
export async function saveInitialRecords(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  { kind, ids, finished }: InitialLinks,
  { pulledAt }: ReadContext,
): Promise<void> {
  if (records.length === 0) return;
  const placed = {
    record_id: listOf('uuid', records, ({ extId }) => ids.get(extId)),
    placed: listOf('boolean', records, ({ extId }) => finished.has(extId)),
  };
  await tx.execute(sql`
    with incoming as materialized (${hashed(records, placed)}),
    linked as (
      insert into link (connection_id, object, kind, ext_id, record_id)
      select ${connectionId}::uuid, ${object}, ${kind}, ext_id, record_id from incoming where record_id is not null
    )
    insert into remote_record (connection_id, object, ext_id, fields, hash, modified_at, deleted, merged_into, pulled_at, mapped_hash)
    select ${connectionId}::uuid, ${object}, ext_id, fields, hash, modified_at, deleted, merged_into, ${pulledAt.toISOString()}::timestamptz,
           case when placed then hash end
    from incoming`);
}

/**
 * Begins a transaction of `saveInitialRecords`. Its commit returns before it is on disk. A power cut may undo the
 * latest transactions, each as a whole, so the records and the cursor stay consistent, and the records are
 * read again.
 */
export async function startInitialSave(tx: Db, connectionId: string, object: string): Promise<void> {
  await tx.execute(
    sql`select set_config('synchronous_commit', 'off', true), ${savingLock(connectionId, object)}`,
  );
}

/**
 * One process at a time saves records of an object: two with the same rows in another order would wait for
 * each other for ever.
 */
const savingLock = (connectionId: string, object: string): SQL =>
  transactionLock('remoteRecords', `${connectionId}|${object}`);

/** A page of a bulk read is too large for one statement, which would hold it in memory several times. */
const rowsAtOnce = 2_500;

/**
 * Removes duplicates: a survivor is returned with each record that was merged into it, so an answer may
 * contain a record twice.
 */
export function newestOfEach(records: readonly RemoteRecord[]): RemoteRecord[] {
  const unique = new Map<string, RemoteRecord>();
  for (const record of records) {
    const other = unique.get(record.extId);
    if (!other || Date.parse(other.modifiedAt) <= Date.parse(record.modifiedAt))
      unique.set(record.extId, record);
  }
  return [...unique.values()];
}

async function saveSome(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  read: ReadContext,
): Promise<number> {
  const { replaceBy, pulledAt } = read;
  const [result] = await tx.execute<{ count: number }>(sql`
    with incoming as materialized (${hashed(records)}),
    ${knownBefore(connectionId, object)},
    saved as (
      insert into remote_record (connection_id, object, ext_id, fields, hash, modified_at, deleted, merged_into, pulled_at)
      select ${connectionId}::uuid, ${object}, ext_id, fields, hash, modified_at, deleted, merged_into, ${pulledAt.toISOString()}::timestamptz
      from incoming order by ext_id
      on conflict (connection_id, object, ext_id) do update
        set fields = case when excluded.deleted then remote_record.fields else excluded.fields end, hash = excluded.hash,
            modified_at = ${replaceBy === 'recheck' ? sql`greatest(remote_record.modified_at, excluded.modified_at)` : sql`excluded.modified_at`},
            deleted = excluded.deleted, merged_into = excluded.merged_into, pulled_at = excluded.pulled_at,
            mapped_hash = ${replaceBy === 'recheck' ? sql`null` : sql`remote_record.mapped_hash`}
        where ${replacing[replaceBy]}
      returning ext_id, fields, deleted, merged_into, modified_at
    ),
    ${savedChanges(connectionId, object, read)}
    select count(*)::int as count from saved`);
  return result?.count ?? 0;
}

/**
 * The records as rows. The database calculates the hash, because it has the content in a canonical form that
 * does not depend on the vendor's order.
 */
function hashed(records: readonly RemoteRecord[], more: Readonly<Record<string, SQL>> = {}): SQL {
  const columns = {
    ext_id: listOf('text', records, ({ extId }) => extId),
    fields: listOf('jsonb', records, ({ fields }) => fields, false),
    modified_at: listOf('timestamptz', records, ({ modifiedAt }) => modifiedAt),
    deleted: listOf('boolean', records, ({ deleted }) => deleted),
    merged_into: listOf('text', records, ({ mergedInto }) => mergedInto),
    ...more,
  };
  return sql`
    select *, encode(sha256(convert_to(${shownContent}, 'UTF8')), 'hex') as hash
    from rows from (${sql.join(Object.values(columns), sql`, `)}) as x (${sql.raw(Object.keys(columns).join(', '))})`;
}

/** The content of a deleted record is only its deletion and the survivor of a merge. */
const shownContent = sql`case when deleted then 'deleted ' || coalesce(merged_into, '') else fields::text end`;

/** The rules of `replacesStored` in the domain, as conditions for a whole page. */
const fresher = sql`remote_record.hash <> excluded.hash and remote_record.pulled_at <= excluded.pulled_at`;
const newer = sql`remote_record.modified_at < excluded.modified_at
          or (remote_record.modified_at = excluded.modified_at and ${fresher} and (excluded.deleted or not remote_record.deleted))`;

const replacing = {
  stamp: newer,
  asked: fresher,
  recheck: sql`remote_record.pulled_at <= excluded.pulled_at`,
} as const;

/** The stored records before this statement, which does not see its own changes. */
const knownBefore = (connectionId: string, object: string): SQL => sql`before as materialized (
      select r.ext_id, r.fields, r.deleted from incoming join remote_record r using (ext_id)
      where r.connection_id = ${connectionId} and r.object = ${object}
    )`;

/** Inserts the changes of known records. A field that was not read before does not count as changed. */
const savedChanges = (
  connectionId: string,
  object: string,
  { via, at }: ReadContext,
): SQL => sql`saved_changes as (
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
