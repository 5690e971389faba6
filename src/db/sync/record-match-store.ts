import { sql, type SQL } from 'drizzle-orm';
import { extraPrefix, type CanonicalKind, type CanonicalValue, type FieldType } from '#src/domain/record.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { listOf } from '#src/db/bulk.ts';
import { columnOf } from '#src/db/records/canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** One object of one connection, and the kind of its records. */
export interface ObjectOfKind {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: CanonicalKind;
}

/** A match field: records with the same values in all of them are the same record. */
export interface MatchField {
  readonly name: string;
  readonly type: FieldType;
}

/** A record without a link, and its values of the match fields, in their order. */
export interface KeyedRecord {
  readonly extId: string;
  readonly keys: readonly CanonicalValue[];
}

/** One of our records, read from another object, with the same values in the match fields. */
export interface Candidate {
  /** The vendor's id of the record that is being matched. */
  readonly extId: string;
  readonly recordId: string;
  /** The place where our record was read: the name of the connection and the id there. */
  readonly elsewhere: string;
  /** The vendor's id of the record of this object that is linked with it already; null when there is none. */
  readonly linkedExtId: string | null;
}

/**
 * Locks the matching of a kind to the end of the transaction: when two connections bring the same record at
 * once, the second one must find the record that the first one placed.
 */
export async function lockRecordMatching(tx: Db, kind: CanonicalKind): Promise<void> {
  await lockInTransaction(tx, 'recordMatching', kind);
}

/** The records that match. Only records that are not deleted and were read from another object can match. */
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
    join remote_record source on (source.connection_id, source.object, source.ext_id) = (l.connection_id, l.object, l.ext_id) and not source.deleted
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

/** Compares one of our records with a key, which is a text, by the type of the field. */
function sameKey(kind: CanonicalKind, { name, type }: MatchField, key: SQL): SQL {
  if (!name.startsWith(extraPrefix)) {
    const column = sql`t.${sql.identifier(columnOf(kind, name))}`;
    return type === 'instant' ? sql`${column} = ${key}::timestamptz` : sql`${column} = ${key}`;
  }
  const stored = sql`t.extra ->> ${name.slice(extraPrefix.length)}::text`;
  // An earlier mapping may have stored a text that is no number under the same name.
  return type === 'decimal'
    ? sql`case when ${stored} ~ '^-?[0-9]+([.][0-9]+)?$' then (${stored})::numeric = ${key}::numeric else false end`
    : sql`${stored} = ${key}`;
}

/** The records among these that were read and are not placed yet in their present state. */
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
 * Marks records of an object as not placed if they refer to one of these records.
 *
 * @param reference our name of the field
 * @param targetIds our ids
 */
export async function unplaceReferring(
  tx: Db,
  { connectionId, object, kind }: ObjectOfKind,
  reference: string,
  targetIds: readonly string[],
): Promise<void> {
  const column = sql`t.${sql.identifier(columnOf(kind, reference))}`;
  // A registration refers to the partner of an account.
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

/**
 * Our records among these that are also in another object, or in this one under an id that is not in
 * `deletedExtIds`.
 */
export async function recordsLivingElsewhere(
  db: Db,
  { connectionId, object, kind }: ObjectOfKind,
  ids: readonly string[],
  deletedExtIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const here = sql`l.connection_id = ${connectionId} and l.object = ${object} and ${isKeyIn(sql`l.ext_id`, deletedExtIds, 'text')}`;
  const rows = await db.execute<{ record_id: string }>(sql`
    select distinct l.record_id from link l join remote_record r using (connection_id, object, ext_id)
    where ${isKeyIn(sql`l.record_id`, ids, 'uuid')} and l.kind = ${kind} and l.merged_into is null and not r.deleted and not (${here})`);
  return new Set(rows.map((row) => row.record_id));
}
