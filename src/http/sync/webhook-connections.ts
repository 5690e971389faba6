import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';

const refreshMs = 5_000;

/**
 * Finds a connection by the id in a webhook's address; null when it does not exist or is disabled. The list is
 * read at most every five seconds, so that a flood of requests does not reach the database. A webhook for a
 * newer connection is refused until then, and the vendor sends it again.
 */
export function knownConnections(
  deps: Pick<Deps, 'db' | 'clock'>,
): (id: string) => Promise<Connection | null> {
  let known: Promise<ReadonlyMap<string, Connection>> | null = null;
  let readAt = 0;
  const read = async (): Promise<ReadonlyMap<string, Connection>> => {
    const usable = (await listConnections(deps.db)).filter((one) => one.status !== 'disabled');
    return new Map(usable.map((one) => [one.id, one]));
  };
  return async (id) => {
    const now = deps.clock().getTime();
    if (known === null || Math.abs(now - readAt) > refreshMs) {
      known = read();
      readAt = now;
    }
    return (await known).get(id) ?? null;
  };
}
