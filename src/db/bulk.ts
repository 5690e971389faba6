import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Db } from './client.ts';

/**
 * Inserts any number of rows in one statement with one array parameter a column, which PostgreSQL unpacks.
 * That costs less than a JSON document of rows and avoids the limit of 65,535 parameters. All rows must have
 * the same keys; a column without a key gets its default. Returns the number of rows that were inserted or
 * changed.
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
  // JSON's `null` is stored as SQL's null.
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
 * One column of some rows, for `rows from (…)`. The array is read from a sub-select, because the planner
 * would evaluate and copy a bare parameter, which takes a sixth of the whole time.
 *
 * @param holdsBigints false for JSON that came from outside: looking for bigints takes longer than everything
 * else
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
  // The encoder replaces half a surrogate pair.
  const storedText = literal.includes('\0') ? literal.replaceAll('\0', '\uFFFD') : literal;
  return sql`unnest((select ${storedText}::text)::${sql.raw(columnType(type))}[])`;
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
 * JSON that PostgreSQL accepts. It refuses a NUL character and, in jsonb, half a surrogate pair. CRMs allow
 * both, and one such record must not stop its whole batch: each is replaced by U+FFFD, the sign for an
 * unreadable character. Both are rare, and searching the finished text for them costs a tenth of checking
 * every value.
 */
function storableJson(value: unknown, holdsBigints: boolean): string {
  const json = holdsBigints
    ? JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
    : JSON.stringify(value);
  return refused.test(json) ? JSON.stringify(value, (_, one: unknown) => storable(one)) : json;
}

/** A NUL and half a surrogate pair, as `JSON.stringify` writes them. */
const refused = /\\u0000|\\ud[89a-f][0-9a-f]{2}/;

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').toWellFormed();
  return typeof value === 'bigint' ? value.toString() : value;
}

/** A value cannot be cast to a serial type. */
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

/** The same without the columns in `preserved`, which the update does not change. */
export function setExcludedExcept(
  columns: readonly string[],
  preserved: ReadonlySet<string> = new Set(),
): SQL {
  return setExcluded(...columns.filter((name) => !preserved.has(name)));
}

/**
 * `set` for the custom fields of a table, which are in its column `extra`. The given fields replace the
 * stored ones; the others stay, because the mapping of another connection may fill them. Rows without the key
 * change none of them.
 */
export function mergeExtra(table: PgTable, rows: readonly { readonly extra?: unknown }[]): SQL {
  return rows[0] && 'extra' in rows[0] ? sql`, extra = ${table}.extra || excluded.extra` : sql``;
}
