import type { Db } from '#src/db/client.ts';
import { vendorClocks } from '#src/db/clocks/clock-store.ts';
import type { Deps } from '#src/deps.ts';
import { clockDisagreement, earliest, type Clock } from '#src/domain/clocks/compare-clocks.ts';

export interface AgreedTime {
  /** Why the clocks cannot be trusted, with the fix; null while they agree. */
  readonly disagreement: string | null;
  /** The clock that is furthest behind. */
  readonly earliest: Date;
  /** Its date in UTC, `YYYY-MM-DD`. */
  readonly today: string;
}

/**
 * Reads all clocks again and compares them. What ends with time has to wait while there is a disagreement.
 */
export async function readAgreedTime(deps: Deps, db: Db = deps.db): Promise<AgreedTime> {
  const clocks = await readClocks(deps, db);
  const now = earliest(clocks);
  return {
    disagreement: clockDisagreement(clocks),
    earliest: now,
    today: now.toISOString().slice(0, 10),
  };
}

async function readClocks(deps: Deps, db: Db): Promise<Clock[]> {
  const vendors = await vendorClocks(db);
  const database = await deps.databaseClock(db);
  return [
    { name: 'this server', now: deps.clock() },
    { name: 'the database', now: database },
    ...vendors.map(({ connection, aheadMs }) => ({
      name: connection,
      now: new Date(database.getTime() + aheadMs),
    })),
  ];
}
