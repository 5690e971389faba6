import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** `column in (…)` for any number of values: one parameter, where a parameter each would end at 65,535. */
export function isIn(column: PgColumn, values: readonly string[]): SQL {
  const type = sql.raw(column.getSQLType());
  return sql`${column} in (select value::${type} from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;
}

/**
 * The same for a column of a key, when few of very many rows are meant: each value is looked up before
 * anything is joined, whatever the planner believes of a table it has not counted.
 */
export function isKeyIn(column: PgColumn | SQL, values: readonly string[], type: 'text' | 'uuid'): SQL {
  return sql`${column} = any (array(select value::${sql.raw(type)} from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb)))`;
}
