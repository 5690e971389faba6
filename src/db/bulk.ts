import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Db } from './client.ts';

/**
 * Inserts any number of rows in one statement with one parameter a column: an array that PostgreSQL unpacks
 * itself. Less work than a JSON document of rows, of which each value is cut out and cast; and free of the
 * 65,535-parameter limit. Keys left out of the rows get the column's default, so all rows must have the same
 * keys. Returns how many rows were inserted or changed.
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
  const lists = columns.map(([key, column]) =>
    listOf(column.getSQLType(), rows, (row: Readonly<Record<string, unknown>>) => row[key]),
  );
  // JSON's null is no value.
  const picked = columns.map(([, column], n) =>
    column.getSQLType() === 'jsonb' ? sql`nullif(${names[n]}, 'null')` : names[n],
  );
  const result = await db.execute(
    sql`insert into ${table} (${sql.join(names, sql`, `)})
        select ${sql.join(picked, sql`, `)} from rows from (${sql.join(lists, sql`, `)}) as x (${sql.join(names, sql`, `)}) ${conflict}`,
  );
  return result.count;
}

/**
 * One column of some rows, for `rows from (…)`. By way of a `select`: of a bare parameter PostgreSQL would
 * take the array apart while it plans, and copy what it found, which is a sixth of the whole.
 *
 * @param holdsBigints false for JSON that came from outside: looking for them costs more than all the rest
 */
export function listOf<T>(
  type: string,
  rows: readonly T[],
  pick: (row: T) => unknown,
  holdsBigints = true,
): SQL {
  if (type === 'jsonb')
    return sql`jsonb_array_elements((select ${storableJson(rows.map(pick), holdsBigints)}::text)::jsonb)`;
  const literal = `{${rows.map((row) => elementLiteral(pick(row))).join(',')}}`;
  // Half a surrogate pair is replaced when the text is encoded.
  const kept = literal.includes('\0') ? literal.replaceAll('\0', '\uFFFD') : literal;
  return sql`unnest((select ${kept}::text)::${sql.raw(columnType(type))}[])`;
}

function elementLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return `"${value.toISOString()}"`;
  return typeof value === 'string'
    ? `"${escaped.test(value) ? value.replace(escapedAll, '\\$&') : value}"`
    : String(value);
}

const escaped = /[\\"]/;
const escapedAll = /[\\"]/g;

/**
 * JSON that PostgreSQL takes, whatever its texts hold. It refuses a NUL, in text and jsonb alike, and in
 * jsonb half a surrogate pair. CRMs let both through, and one such record must not stop the batch it came in:
 * each becomes U+FFFD, the sign for a character that could not be read. They are so rare that looking for
 * them afterwards costs a tenth of looking at every value.
 */
function storableJson(value: unknown, holdsBigints: boolean): string {
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

/** The same without columns that are to stay as they are. */
export function setExcludedExcept(columns: readonly string[], keep: ReadonlySet<string> = new Set()): SQL {
  return setExcluded(...columns.filter((name) => !keep.has(name)));
}

/**
 * `set` for the customer's own fields of a table that keeps them in `extra`: those that are given replace
 * theirs, the others stay, because another connection's mapping may fill them. Rows without the key leave all
 * of them alone.
 */
export function mergeExtra(table: PgTable, rows: readonly { readonly extra?: unknown }[]): SQL {
  return rows[0] && 'extra' in rows[0] ? sql`, extra = ${table}.extra || excluded.extra` : sql``;
}
