import type { JsonValue, ObjectDescription } from '#connectors/contract/records.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { CanonicalKind } from '#src/domain/record.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { idSpellings } from '#src/domain/record-ids.ts';
import type { Db } from '#src/db/client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { indexedLength } from '#src/db/schema/channel.ts';
import { recordName } from '#src/db/records/record-name.ts';

/** An object of a connection as the vendor describes it, to show next to a mapping. */
export interface MappedObject {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly system: string;
  readonly object: string;
  readonly description: ObjectDescription | null;
  /** The values of one record, as examples. */
  readonly example: Readonly<Record<string, JsonValue>>;
}

/** Every object that was read or described, one row for each connection and object. */
export async function mappedObjects(db: Db): Promise<MappedObject[]> {
  const rows = await db.execute(sql`
    select c.id as "connectionId", c.name as "connectionName", c.kind as system, o.object, d.description,
           coalesce((select r.fields from remote_record r
                      where r.connection_id = c.id and r.object = o.object and not r.deleted
                      order by r.ext_id desc limit 1), '{}'::jsonb) as example
      from connection c
      join (select connection_id, object from cursor union select connection_id, object from object_description) o on o.connection_id = c.id
      left join object_description d on d.connection_id = c.id and d.object = o.object
     order by c.created_at, o.object`);
  return rows as unknown as MappedObject[];
}

/** The fields of one record, as examples; empty when none was read. */
export async function exampleOf(
  db: Db,
  connectionId: string,
  object: string,
): Promise<MappedObject['example']> {
  const [row] = await db.execute(sql`
    select fields from remote_record where connection_id = ${connectionId} and object = ${object} and not deleted order by ext_id desc limit 1`);
  return (row?.['fields'] ?? {}) as MappedObject['example'];
}

export async function newestRemoteIds(
  db: Db,
  connectionId: string,
  object: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select ext_id as id from remote_record where connection_id = ${connectionId} and object = ${object} and not deleted
     order by ext_id desc limit ${limit}`);
  return rows.map((row) => row.id);
}

/** A vendor's record that a mapping can be tried on. */
export interface FoundRemote {
  readonly extId: string;
  /** The name of our record that it is linked to; null while it is not placed. */
  readonly name: string | null;
  readonly modifiedAt: Date;
}

/**
 * Finds records by their id or by the beginning of the name of our record, in any case. Without a text it
 * returns some of the records that were read. The search uses indexes, because there may be hundreds of
 * thousands of records.
 */
export async function searchRemote(
  db: Db,
  place: MappingPlace,
  text: string,
  limit: number,
): Promise<FoundRemote[]> {
  if (text === '')
    return found(
      db,
      place,
      sql`select ext_id, 0 as rank from remote_record r where ${presentIn(place)} order by ext_id desc limit ${limit}`,
    );
  const byId = sql`select ext_id, -1::bigint as rank from remote_record r where ${presentIn(place)} and ${isKeyIn(sql`ext_id`, idSpellings(text), 'text')}`;
  const named = names[place.kind];
  if (!named) return found(db, place, byId);
  const begun = sql`lower("left"(t.${named.column}, ${sql.raw(String(indexedLength))}))`;
  const start = text.slice(0, indexedLength);
  const byName = sql`
    select ext_id, row_number() over () as rank from (
      select r.ext_id from ${named.table} t join link l on l.record_id = t.id
        join remote_record r on (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id)
       where ${presentIn(place)} and ${begun} ~>=~ lower(${start}) and ${begun} ~<~ lower(${start + lastCharacter}) and starts_with(lower(t.${named.column}), lower(${text}))
       order by ${begun} using ~<~ limit ${limit}) n`;
  return (await found(db, place, sql`${byId} union all ${byName}`)).slice(0, limit);
}

const presentIn = ({ connectionId, object }: MappingPlace) =>
  sql`r.connection_id = ${connectionId} and r.object = ${object} and not r.deleted`;

/** Sorts after every other character. */
const lastCharacter = '\u{10FFFF}';

/** The column with the name of a kind. Each has an index for a search by the beginning. */
const names: Partial<Readonly<Record<CanonicalKind, { readonly table: SQL; readonly column: SQL }>>> = {
  account: { table: sql`account`, column: sql`name` },
  contact: { table: sql`contact`, column: sql`last_name` },
  opportunity: { table: sql`opportunity`, column: sql`name` },
  opportunity_line: { table: sql`opportunity_line`, column: sql`name` },
  lead: { table: sql`lead`, column: sql`company` },
  product: { table: sql`product`, column: sql`name` },
  registration: { table: sql`registration`, column: sql`number` },
};

/**
 * @param which a query for `ext_id` and `rank`, the order of the result; with equal rank the newest id comes
 * first
 */
async function found(
  db: Db,
  { connectionId, object, kind }: MappingPlace,
  which: SQL,
): Promise<FoundRemote[]> {
  const rows = await db.execute<{ extId: string; name: string | null; modifiedAt: string }>(sql`
    select r.ext_id as "extId", ${recordName(sql`${kind}`, sql`l.record_id`)} as name, r.modified_at as "modifiedAt"
      from (select ext_id, min(rank) as rank from (${which}) a group by ext_id) w
      join remote_record r on (r.connection_id, r.object, r.ext_id) = (${connectionId}::uuid, ${object}, w.ext_id)
      left join link l on (l.connection_id, l.object, l.ext_id) = (r.connection_id, r.object, r.ext_id)
     order by w.rank, r.ext_id desc`);
  return rows.map((row) => ({ ...row, modifiedAt: new Date(row.modifiedAt) }));
}
