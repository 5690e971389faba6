import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/** The number of registrations with a lifecycle in each state. */
export async function statesOf(db: Db): Promise<Readonly<Record<string, number>>> {
  const rows = await db.execute<{ state: string; count: number }>(
    sql`select state, count(*)::int as count from registration_lifecycle group by state`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** The fields and values of the longest write that Fairway made to a registration of this connection. */
export async function writtenFields(
  db: Db,
  connectionId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await db.execute<{ fields: Record<string, unknown> }>(sql`
    select fields from write_intent where connection_id = ${connectionId} and kind = 'registration' and status = 'done'
    order by length(fields::text) desc limit 1`);
  if (row === undefined) throw new Error('Fairway wrote no registration');
  return row.fields;
}
