import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Db } from './client.ts';

/**
 * Inserts any number of rows in one statement with one parameter: a JSON array that PostgreSQL unpacks itself. About four
 * times as fast as a parameter per value, and free of the 65,535-parameter limit. Keys left out of the rows get the
 * column's default, so all rows must have the same keys. Returns how many rows were inserted or changed.
 *
 * @param conflict e.g. ``sql`on conflict (id) do update set name = excluded.name` ``
 */
export async function bulkInsert<T extends PgTable>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  conflict: SQL = sql``,
): Promise<number> {
  const [first] = rows;
  if (first === undefined) return 0;
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key in first);
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const picked = columns.map(([, column], place) => elementAt(place, column.getSQLType()));
  const body = storableJson(
    rows.map((row: Readonly<Record<string, unknown>>) => columns.map(([key]) => row[key])),
    columns.some(([, { dataType }]) => dataType === 'bigint' || dataType === 'json'),
  );
  const result = await db.execute(
    sql`insert into ${table} (${sql.join(names, sql`, `)})
        select ${sql.join(picked, sql`, `)} from jsonb_array_elements(${body}::text::jsonb) as e ${conflict}`,
  );
  return result.count;
}

/**
 * A value of the JSON array `e`, by its place, as a type; JSON's null is no value. Rows as arrays take a third less time than as objects that
 * `jsonb_to_recordset` takes apart.
 */
export function elementAt(place: number, type: string): SQL {
  const at = sql.raw(String(place));
  if (type === 'jsonb') return sql`nullif(e -> ${at}, 'null')`;
  return type === 'text' ? sql`e ->> ${at}` : sql`(e ->> ${at})::${sql.raw(columnType(type))}`;
}

/**
 * JSON that PostgreSQL takes, whatever its texts hold. It refuses a NUL, in text and jsonb alike, and in jsonb half a surrogate pair. CRMs
 * let both through, and one such record must not stop the batch it came in: each becomes U+FFFD, the sign for a character that
 * could not be read. They are so rare that looking for them afterwards costs a tenth of looking at every value.
 */
export function storableJson(value: unknown, holdsBigints = false): string {
  const json = holdsBigints
    ? JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
    : JSON.stringify(value);
  return refused.test(json) ? JSON.stringify(value, (_, one: unknown) => storable(one)) : json;
}

/** As `JSON.stringify` writes them. */
const refused = /\\u0000|\\ud[89a-f][0-9a-f]{2}/;

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').toWellFormed();
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Serial types are not types one can cast to. */
function columnType(type: string): string {
  return type.replace('bigserial', 'bigint').replace('serial', 'integer');
}

/** `set a = excluded.a, b = excluded.b` for the columns of a table by their database names. */
export function setExcluded(...columns: readonly string[]): SQL {
  return sql.join(
    columns.map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`),
    sql`, `,
  );
}

/**
 * `set` for the customer's own fields of a table that keeps them in `extra`: those that are given replace theirs, the others stay, because
 * another connection's mapping may fill them. Rows without the key leave all of them alone.
 */
export function addExtra(table: PgTable, rows: readonly { readonly extra?: unknown }[]): SQL {
  return rows[0] && 'extra' in rows[0] ? sql`, extra = ${table}.extra || excluded.extra` : sql``;
}
