import { eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { connection, vendorClock } from '#src/db/schema/connection.ts';

/** The time that a vendor's clock was ahead of the database's when it last answered. */
export interface VendorClock {
  readonly connection: string;
  readonly aheadMs: number;
}

/** Saves nothing for a connection that is not stored yet, during its first sign-in. */
export async function saveVendorClock(db: Db, connectionId: string, aheadMs: number): Promise<void> {
  await db.execute(sql`
    insert into vendor_clock (connection_id, ahead_ms, read_at)
    select id, ${Math.round(aheadMs)}::bigint, clock_timestamp() from connection where id = ${connectionId}
    on conflict (connection_id) do update set ahead_ms = excluded.ahead_ms, read_at = excluded.read_at`);
}

/** The clocks of the vendors that answer. The last reading of a failing connection may be out of date. */
export async function vendorClocks(db: Db): Promise<VendorClock[]> {
  return db
    .select({ connection: connection.name, aheadMs: vendorClock.aheadMs })
    .from(vendorClock)
    .innerJoin(connection, eq(connection.id, vendorClock.connectionId))
    .where(eq(connection.status, 'active'))
    .orderBy(connection.name);
}

/** The database's clock now. */
export async function databaseTime(db: Db): Promise<Date> {
  const [row] = await db.execute<{ now: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  );
  if (!row) throw new Error('the database did not say what time it is');
  return new Date(Math.round(row.now));
}
