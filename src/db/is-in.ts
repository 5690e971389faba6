import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** `column in (…)` for any number of values. All of them are one parameter; a statement may have 65,535. */
export function isIn(column: PgColumn, values: readonly string[]): SQL {
  const type = sql.raw(column.getSQLType());
  return sql`${column} in (select value::${type} from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;
}

/**
 * The same for a key column when a few of very many rows are looked up. Each value is looked up by itself
 * before any join, even when the planner has no statistics about the table.
 */
export function isKeyIn(column: PgColumn | SQL, values: readonly string[], type: 'text' | 'uuid'): SQL {
  return sql`${column} = any (array(select value::${sql.raw(type)} from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb)))`;
}
