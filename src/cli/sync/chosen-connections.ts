import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

/** All connections, or the one with this name. @throws AppError that lists the existing names */
export async function chosenConnections({ db }: Deps, name: string | null): Promise<Connection[]> {
  const all = await listConnections(db);
  if (all.length === 0)
    throw new AppError(
      'not_found',
      'There is no connection yet. Create one: npm run fairway -- help connect',
    );
  if (name === null) return all;
  const found = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) {
    throw new AppError(
      'not_found',
      `There is no connection “${name}”. Existing connections: ${all.map((one) => one.name).join(', ')}.`,
    );
  }
  return found;
}
