import type { JsonValue, ObjectDescription } from '#connectors/connector.ts';
import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';

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
