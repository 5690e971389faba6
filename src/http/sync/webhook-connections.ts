import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';

const lookAgainAfterMs = 5_000;

/**
 * Finds a connection by the id in an address, null when there is none that takes part. The database is asked
 * at most every few seconds, whoever knocks with whatever id; a connection made since is found then, and the
 * vendor tells again what it could not deliver.
 */
export function knownConnections(
  deps: Pick<Deps, 'db' | 'clock'>,
): (id: string) => Promise<Connection | null> {
  let known: Promise<ReadonlyMap<string, Connection>> | null = null;
  let lookedAt = 0;
  const look = async (): Promise<ReadonlyMap<string, Connection>> => {
    const usable = (await listConnections(deps.db)).filter((one) => one.status !== 'disabled');
    return new Map(usable.map((one) => [one.id, one]));
  };
  return async (id) => {
    const now = deps.clock().getTime();
    if (known === null || Math.abs(now - lookedAt) > lookAgainAfterMs) {
      known = look();
      lookedAt = now;
    }
    return (await known).get(id) ?? null;
  };
}
