import type { RemoteRecord } from '#connectors/contract/records.ts';
import { sql, type SQL } from 'drizzle-orm';
import { transactionLock } from '#src/db/advisory-locks.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';

/** How the vendor came to show something. */
export interface ReadContext {
  /** Our clock just before the vendor was asked. */
  readonly pulledAt: Date;
  /** Our clock now. */
  readonly at: Date;
  readonly via: 'read' | 'hint' | 'scan';
  /**
   * `ordered` trusts the vendor's stamps: what is older than what we have is dropped, whenever it arrives.
   * `asked` goes by when the vendor was asked, for files, which may be copied with any time. So does
   * `doubted`, for a record fetched by its id where we doubt what we have or the vendor has no stamp for it;
   * it is placed again even when it shows the same, because it is from after what we doubt.
   */
  readonly replaceBy: 'stamp' | 'asked' | 'recheck';
}

/**
 * Records of an object's first read that have been placed in the same transaction, and had no link before.
 */
export interface FirstPlaced {
  readonly kind: string;
  /** Our ids of them, by theirs. */
  readonly ids: ReadonlyMap<string, string>;
  /** Those that need no more placing. */
  readonly finished: ReadonlySet<string>;
}

/**
 * Stores what the vendor showed, and of records known before also what changed. A record seen before is left
 * alone, so duplicates and look-back cost nothing further; a stale answer never overwrites a fresher one. A
 * newer stamp on equal content is stored too: somebody may have undone what we wrote. A deleted record keeps
 * what it last showed, because vendors empty fields when they delete, and nobody edited those. Returns how
 * many records were new or changed.
 */
export async function saveRemoteRecords(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  showing: ReadContext,
): Promise<number> {
  if (records.length === 0) return 0;
  await tx.execute(sql`select ${savingLock(connectionId, object)}`);
  const unique = newestOfEach(records);
  let count = 0;
  for (let start = 0; start < unique.length; start += rowsAtOnce) {
    count += await saveSome(tx, connectionId, object, unique.slice(start, start + rowsAtOnce), showing);
  }
  return count;
}

/**
 * The same for part of an object's first read, and its links: none of the records may be in it twice, or be
 * known. There is nothing to compare with then, and no row to make way for, which is a quarter of the work.
 * Call `startFirst`, and ask what is known, before it in the transaction: under its lock what is unknown
 * remains so.
 */
export async function saveFirst(
  tx: Db,
  connectionId: string,
  object: string,
  records: readonly RemoteRecord[],
  { kind, ids, finished }: FirstPlaced,
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
 * Begins a transaction of `saveFirst`. It is not waited for until it is on disk: a power cut may undo the
 * latest of them, each as a whole and none before another, so what was read and how far it was read go
 * together, and it is read again.
 */
export async function startFirst(tx: Db, connectionId: string, object: string): Promise<void> {
  await tx.execute(
    sql`select set_config('synchronous_commit', 'off', true), ${savingLock(connectionId, object)}`,
  );
}

/**
 * One at a time an object: two that hold the same rows in another order would wait for each other for ever.
 */
const savingLock = (connectionId: string, object: string): SQL =>
  transactionLock('remoteRecords', `${connectionId}|${object}`);

/** A page of a bulk read is too much for one statement: it would be in memory several times over. */
const rowsAtOnce = 2_500;

/** A survivor comes with each record that was merged into it, so an answer may hold a record twice. */
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
  showing: ReadContext,
): Promise<number> {
  const { replaceBy, pulledAt } = showing;
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
    ${told(connectionId, object, showing)}
    select count(*)::int as count from saved`);
  return result?.count ?? 0;
}

/**
 * The records as rows. The database hashes: it has the content in its canonical form, whatever order the
 * vendor sent it in.
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

/** What a deleted record shows is no content: only that it is gone, and where to. */
const shownContent = sql`case when deleted then 'deleted ' || coalesce(merged_into, '') else fields::text end`;

/** `replaces` of the domain, asked of whole pages. */
const fresher = sql`remote_record.hash <> excluded.hash and remote_record.pulled_at <= excluded.pulled_at`;
const newer = sql`remote_record.modified_at < excluded.modified_at
          or (remote_record.modified_at = excluded.modified_at and ${fresher} and (excluded.deleted or not remote_record.deleted))`;

const replacing = {
  stamp: newer,
  asked: fresher,
  recheck: sql`remote_record.pulled_at <= excluded.pulled_at`,
} as const;

/** As the statement found them: its own writes do not show in it. */
const knownBefore = (connectionId: string, object: string): SQL => sql`before as materialized (
      select r.ext_id, r.fields, r.deleted from incoming join remote_record r using (ext_id)
      where r.connection_id = ${connectionId} and r.object = ${object}
    )`;

/** A field that was not read before was not changed now. */
const told = (connectionId: string, object: string, { via, at }: ReadContext): SQL => sql`told as (
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
