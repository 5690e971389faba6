import { sql, type SQL } from 'drizzle-orm';
import { extraPrefix, type CanonicalKind, type CanonicalValue, type FieldType } from '#src/domain/record.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { listOf } from '#src/db/bulk.ts';
import { columnOf } from '#src/db/records/canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** One object of one connection, and what its records are to us. */
export interface ObjectOfKind {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: CanonicalKind;
}

/** A field records are matched by. */
export interface MatchField {
  readonly name: string;
  readonly type: FieldType;
}

/** A record that has no link yet, and what it says in the match fields, in their order. */
export interface KeyedRecord {
  readonly extId: string;
  readonly keys: readonly CanonicalValue[];
}

/** A record of ours, read from another object, that says the same in the match fields. */
export interface Candidate {
  /** The vendor's id of the record that looks for it. */
  readonly extId: string;
  readonly recordId: string;
  /** Where it was read: the connection and its id there. */
  readonly elsewhere: string;
  /** The record of this object that is linked with it already; null when there is none. */
  readonly linkedExtId: string | null;
}

/**
 * Held to the end of the transaction: of two connections that bring the same record at once, the second must
 * find what the first placed.
 */
export async function lockRecordMatching(tx: Db, kind: CanonicalKind): Promise<void> {
  await lockInTransaction(tx, 'recordMatching', kind);
}

/** Those that several connections can have in common: all that live and were read from another object. */
export async function matchCandidates(
  db: Db,
  { connectionId, object, kind }: ObjectOfKind,
  fields: readonly MatchField[],
  records: readonly KeyedRecord[],
): Promise<readonly Candidate[]> {
  const names = fields.map((_, n) => sql.identifier(`k${n}`));
  const lists = fields.map((_, n) => listOf('text', records, ({ keys }) => keys[n]));
  const same = fields.map((field, n) => sameKey(kind, field, sql`x.${names[n]}`));
  const rows = await db.execute<{
    ext_id: string;
    record_id: string;
    elsewhere: string;
    linked_ext_id: string | null;
  }>(sql`
    with asked as materialized (
      select * from rows from (${listOf('text', records, ({ extId }) => extId)}, ${sql.join(lists, sql`, `)})
        as x (ext_id, ${sql.join(names, sql`, `)})
    )
    select x.ext_id, t.id as record_id, min(c.name || ' ' || l.ext_id) as elsewhere, (
             select min(linked.ext_id) from link linked join remote_record r using (connection_id, object, ext_id)
             where linked.record_id = t.id and linked.connection_id = ${connectionId} and linked.object = ${object}
               and linked.merged_into is null and not r.deleted
           ) as linked_ext_id
    from asked x
    join ${sql.identifier(kind)} t on not t.deleted and ${sql.join(same, sql` and `)}
    join link l on l.record_id = t.id and l.merged_into is null and (l.connection_id, l.object) <> (${connectionId}::uuid, ${object})
    join remote_record held on (held.connection_id, held.object, held.ext_id) = (l.connection_id, l.object, l.ext_id) and not held.deleted
    join connection c on c.id = l.connection_id
    group by x.ext_id, t.id
    order by x.ext_id, t.id`);
  return rows.map((row) => ({
    extId: row.ext_id,
    recordId: row.record_id,
    elsewhere: row.elsewhere,
    linkedExtId: row.linked_ext_id,
  }));
}

/** Whether a record of ours says the same as a key, which comes as text; compared by what the field holds. */
function sameKey(kind: CanonicalKind, { name, type }: MatchField, key: SQL): SQL {
  if (!name.startsWith(extraPrefix)) {
    const column = sql`t.${sql.identifier(columnOf(kind, name))}`;
    return type === 'instant' ? sql`${column} = ${key}::timestamptz` : sql`${column} = ${key}`;
  }
  const stored = sql`t.extra ->> ${name.slice(extraPrefix.length)}::text`;
  // What another mapping of before stored under the name may be no number.
  return type === 'decimal'
    ? sql`case when ${stored} ~ '^-?[0-9]+([.][0-9]+)?$' then (${stored})::numeric = ${key}::numeric else false end`
    : sql`${stored} = ${key}`;
}

/** Those of these records that were read and are not placed yet as they are, by the vendor's ids. */
export async function unplacedAmong(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (extIds.length === 0) return new Set();
  const rows = await db.execute<{ ext_id: string }>(sql`
    select ext_id from remote_record where connection_id = ${connectionId} and object = ${object}
      and ${isKeyIn(sql`ext_id`, extIds, 'text')} and mapped_hash is distinct from hash`);
  return new Set(rows.map((row) => row.ext_id));
}

/**
 * Records of an object that refer to one of these, by our ids, count as not placed yet. @param reference our
 * name of the field
 */
export async function unplaceReferring(
  tx: Db,
  { connectionId, object, kind }: ObjectOfKind,
  reference: string,
  targetIds: readonly string[],
): Promise<void> {
  const column = sql`t.${sql.identifier(columnOf(kind, reference))}`;
  // A registration refers to the partner an account is.
  const refers =
    reference === 'partner'
      ? sql`${column} in (select id from partner where ${isKeyIn(sql`account_id`, targetIds, 'uuid')})`
      : isKeyIn(column, targetIds, 'uuid');
  await tx.execute(sql`
    update remote_record r set mapped_hash = null
    from link l join ${sql.identifier(kind)} t on t.id = l.record_id
    where ${refers} and l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into is null
      and (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id) and not r.deleted and r.mapped_hash is not null`);
}

/** Those of our records that also live in another object, or under another id of this one than these. */
export async function recordsLivingElsewhere(
  db: Db,
  { connectionId, object, kind }: ObjectOfKind,
  ids: readonly string[],
  goneExtIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const here = sql`l.connection_id = ${connectionId} and l.object = ${object} and ${isKeyIn(sql`l.ext_id`, goneExtIds, 'text')}`;
  const rows = await db.execute<{ record_id: string }>(sql`
    select distinct l.record_id from link l join remote_record r using (connection_id, object, ext_id)
    where ${isKeyIn(sql`l.record_id`, ids, 'uuid')} and l.kind = ${kind} and l.merged_into is null and not r.deleted and not (${here})`);
  return new Set(rows.map((row) => row.record_id));
}
