import { sql } from 'drizzle-orm';
import { openDatabase } from './client.ts';

/** A database that is a copy of another one and is removed at the end. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly name: string;
}

/**
 * Copies the database of `ownerUrl`, which no other connection may use meanwhile.
 *
 * @param name letters, digits and `_`
 */
export async function openScratchDatabase(ownerUrl: string, name: string): Promise<ScratchDatabase> {
  const template = new URL(ownerUrl).pathname.slice(1);
  const server = new URL(ownerUrl);
  server.pathname = '/postgres';
  const run = async (statement: string): Promise<void> => {
    await using database = openDatabase(server.href, 1);
    await database.db.execute(sql.raw(statement));
  };
  await run(`create database "${name}" template "${template}" strategy file_copy`);
  return { name, [Symbol.asyncDispose]: () => run(`drop database "${name}" with (force)`) };
}
