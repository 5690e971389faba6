import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** `column in (…)` for any number of values: one parameter, where a parameter each would end at 65,535. */
export function isIn(column: PgColumn, values: readonly string[]): SQL {
  const type = sql.raw(column.getSQLType());
  return sql`${column} in (select value::${type} from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;
}
