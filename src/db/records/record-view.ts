import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { sql } from 'drizzle-orm';
import { idSpellings } from '#src/domain/record-ids.ts';
import type { Db } from '#src/db/client.ts';
import { recordName } from './record-name.ts';

/** The kinds of CRM records that people search by name. */
export const namedKinds = ['registration', 'account', 'opportunity'] as const;
export type NamedKind = (typeof namedKinds)[number];

/** One of our records, as people search for it. */
export interface NamedRecord {
  readonly kind: NamedKind;
  readonly id: string;
  readonly name: string;
  /** A text that distinguishes it from others with the same name; null when there is none. */
  readonly detail: string | null;
}

const named = sql`
  select 'registration' as kind, id, number as name, customer_name as detail, deleted from registration
  union all select 'account', id, name, domain, deleted from account
  union all select 'opportunity', id, name, stage, deleted from opportunity`;

/** Records whose number, name, domain or CRM id contains the text; exact matches come first. */
export async function searchRecords(db: Db, text: string, limit: number): Promise<NamedRecord[]> {
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await db.execute(sql`
    with found as (
      select n.kind, n.id, n.name, n.detail, case when lower(n.name) = lower(${text}) then 0 else 2 end as rank
        from (${named}) n where not n.deleted and (n.name ilike ${part} or n.detail ilike ${part})
      union all
      select n.kind, n.id, n.name, n.detail, 1
        from link l join (${named}) n on n.id = l.record_id where l.ext_id in (${pasted(text)}) or l.record_id::text = ${text})
    select kind, id, name, detail from (select distinct on (id) * from found order by id, rank) f order by rank, name, id limit ${limit}`);
  return rows as unknown as NamedRecord[];
}

const pasted = (text: string) =>
  sql.join(
    idSpellings(text).map((id) => sql`${id}`),
    sql`, `,
  );

/** One of our records, with its last state in each CRM. */
export interface RecordOnPage {
  readonly id: string;
  readonly kind: NamedKind;
  readonly name: string | null;
  readonly deleted: boolean;
  readonly places: readonly RecordPlace[];
}

export interface RecordPlace {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly connectionKind: SystemKind;
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
  /** The id of the surviving record since the vendor merged the two. */
  readonly mergedInto: string | null;
  readonly deleted: boolean;
  /** By the vendor's field names. */
  readonly fields: Readonly<Record<string, JsonValue>>;
  readonly modifiedAt: Date | null;
  readonly pulledAt: Date | null;
}

/** Null when there is no such record. */
export async function recordForPage(db: Db, kind: NamedKind, id: string): Promise<RecordOnPage | null> {
  const [found] = await db.execute(sql`
    select n.kind, n.id, n.name, n.deleted from (${named}) n where n.kind = ${kind} and n.id = ${id}`);
  if (!found) return null;
  const places = await db.execute(sql`
    select c.id as "connectionId", c.name as "connectionName", c.kind as "connectionKind", c.settings, l.object, l.ext_id as "extId",
           l.merged_into as "mergedInto", coalesce(r.deleted, false) as deleted, coalesce(r.fields, '{}'::jsonb) as fields,
           r.modified_at as "modifiedAt", r.pulled_at as "pulledAt"
      from link l join connection c on c.id = l.connection_id
      left join remote_record r using (connection_id, object, ext_id)
     where l.record_id = ${id}
     order by l.merged_into is not null, c.name, l.ext_id`);
  const dateOf = (value: unknown): Date | null => (typeof value === 'string' ? new Date(value) : null);
  return {
    ...found,
    places: places.map((row) => ({
      ...row,
      modifiedAt: dateOf(row['modifiedAt']),
      pulledAt: dateOf(row['pulledAt']),
    })),
  } as unknown as RecordOnPage;
}

/**
 * Our records whose id, vendor's id, registration number or payout key is exactly this text. There are
 * several when two CRMs use the same id.
 */
export async function recordsByReference(
  db: Db,
  text: string,
): Promise<{ kind: string; id: string; name: string | null }[]> {
  const rows = await db.execute(sql`
    select x.kind, x.id, ${recordName(sql`x.kind`, sql`x.id`)} as name from (
      select distinct l.kind, l.record_id as id from link l where l.ext_id in (${pasted(text)}) or l.record_id::text = ${text}
      union select 'registration', id from registration where number = ${text} or id::text = ${text}
      union select 'payout', id from payout_item where key = ${text}
      union select 'account', id from account where id::text = ${text}
      union select 'opportunity', id from opportunity where id::text = ${text}) x
    order by x.kind, x.id`);
  return rows as unknown as { kind: string; id: string; name: string | null }[];
}

/**
 * The vendors' labels of the fields of all objects that a record is linked to: `connectionId|object` → field
 * → label.
 */
export async function fieldLabels(
  db: Db,
  recordId: string,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const rows = await db.execute(sql`
    select d.connection_id as connection, d.object, f ->> 'name' as name, f ->> 'label' as label
      from object_description d cross join jsonb_array_elements(d.description -> 'fields') f
     where (d.connection_id, d.object) in (select connection_id, object from link where record_id = ${recordId})`);
  const labels = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const object = `${row['connection'] as string}|${row['object'] as string}`;
    const known = labels.get(object) ?? new Map<string, string>();
    labels.set(object, known.set(row['name'] as string, row['label'] as string));
  }
  return labels;
}
