import type { Db } from './client.ts';
import { databaseTime } from './clocks/clock-store.ts';

const measuredEveryMs = 60_000;

export interface SharedClock extends Disposable {
  readonly now: () => Date;
}

/**
 * The clock of the database, for instants that processes on several machines compare, such as a read and a
 * write. It is this process's clock plus its distance to the database's, which is measured at once and every
 * minute. `onError` is called when a measurement fails; the last distance then stays in use.
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

/** The database's time is taken to be from the middle of the round trip. */
async function measureOffset(db: Db, clock: () => Date): Promise<number> {
  const before = clock().getTime();
  const database = await databaseTime(db);
  const after = clock().getTime();
  return Math.round(database.getTime() - (before + after) / 2);
}
