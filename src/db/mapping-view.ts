import type { JsonValue, ObjectDescription } from '#connectors/connector.ts';
import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { recordName } from './record-name.ts';

/** A field of one connection's object as it really is, for showing beside the mapping. */
export interface MappedObject {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly system: string;
  readonly object: string;
  readonly description: ObjectDescription | null;
  /** Values of a recently changed record, as examples. */
  readonly example: Readonly<Record<string, JsonValue>>;
}

/** What is known of every object that was read or described, a row a connection and object. */
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

/** The fields of a record of an object that was read, as examples; empty while none was. */
export async function exampleOf(db: Db, connectionId: string, object: string): Promise<MappedObject['example']> {
  const [row] = await db.execute(sql`
    select fields from remote_record where connection_id = ${connectionId} and object = ${object} and not deleted order by ext_id desc limit 1`);
  return (row?.['fields'] ?? {}) as MappedObject['example'];
}

export async function newestRemoteIds(db: Db, connectionId: string, object: string, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select ext_id as id from remote_record where connection_id = ${connectionId} and object = ${object} and not deleted
     order by ext_id desc limit ${limit}`);
  return rows.map((row) => row.id);
}

/** A vendor's record, to try a mapping on. */
export interface FoundRemote {
  readonly extId: string;
  /** What people call the record of ours it is linked with; null while it is not placed. */
  readonly name: string | null;
  readonly modifiedAt: Date;
}

/** By its id, or by the name of the record of ours it is linked with; without a text some that were read. */
export async function searchRemote(db: Db, place: MappingPlace, text: string, limit: number): Promise<FoundRemote[]> {
  const { connectionId, object, kind } = place;
  const name = recordName(sql`${kind}`, sql`l.record_id`);
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await db.execute(sql`
    select r.ext_id as "extId", ${name} as name, r.modified_at as "modifiedAt"
      from remote_record r left join link l using (connection_id, object, ext_id)
     where r.connection_id = ${connectionId} and r.object = ${object} and not r.deleted
       and (${text} = '' or r.ext_id = ${text} or ${name} ilike ${part})
     order by r.ext_id = ${text} desc, r.ext_id desc limit ${limit}`);
  return rows.map((row) => ({ ...row, modifiedAt: new Date(row['modifiedAt'] as string) })) as unknown as FoundRemote[];
}
