import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** What stores work on: the pool, or the transaction they were called in. */
export type Db = PostgresJsDatabase;

export interface Database extends AsyncDisposable {
  readonly db: Db;
}

/**
 * Compiling a statement to machine code pays when it runs for seconds. Ours run for milliseconds, and were
 * compiled for longer than they ran.
 */
const settings = { application_name: 'fairway', timezone: 'UTC', jit: 'off' };

/** @param max connections this process may hold. */
export function openDatabase(url: string, max: number): Database {
  const client = postgres(url, { max, onnotice: () => {}, connection: settings });
  return { db: drizzle(client), [Symbol.asyncDispose]: () => client.end({ timeout: 5 }) };
}
