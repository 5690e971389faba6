import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';

const measuredEveryMs = 60_000;

export interface SharedClock extends Disposable {
  readonly now: () => Date;
}

/**
 * The database's clock, for instants that processes on several machines compare with each other: what was
 * asked for before or after a write. This process's clock, put right by how far it is off, which is measured
 * now and every minute; `onError` hears why it was not.
 */
export async function openSharedClock(
  db: Db,
  clock: () => Date,
  onError: (error: unknown) => void,
): Promise<SharedClock> {
  let offsetMs = await measureOffset(db, clock);
  const timer = setInterval(() => {
    measureOffset(db, clock).then((measured) => {
      offsetMs = measured;
    }, onError);
  }, measuredEveryMs).unref();
  return { now: () => new Date(clock().getTime() + offsetMs), [Symbol.dispose]: () => clearInterval(timer) };
}

/** The answer is taken for half a round trip old. */
async function measureOffset(db: Db, clock: () => Date): Promise<number> {
  const before = clock().getTime();
  const [row] = await db.execute<{ now: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  );
  const after = clock().getTime();
  return Math.round((row?.now ?? after) - (before + after) / 2);
}
