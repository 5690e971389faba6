import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

/** All connections, or the one of this name. @throws AppError naming those there are */
export async function chosenConnections({ db }: Deps, name: string | null): Promise<Connection[]> {
  const all = await listConnections(db);
  if (all.length === 0)
    throw new AppError('not_found', 'There is no connection yet. Make one: npm run fairway -- connect …');
  if (name === null) return all;
  const found = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) {
    throw new AppError(
      'not_found',
      `There is no connection “${name}”. These there are: ${all.map((one) => one.name).join(', ')}.`,
    );
  }
  return found;
}
