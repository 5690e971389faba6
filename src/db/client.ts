import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** Either the pool or the transaction of the caller. */
export type Db = PostgresJsDatabase;

export interface Database extends AsyncDisposable {
  readonly db: Db;
}

/**
 * `jit` is off because compiling a statement to machine code pays only when it runs for seconds. Our
 * statements run for milliseconds, less than compiling them takes.
 */
const settings = { application_name: 'fairway', timezone: 'UTC', jit: 'off' };

/** @param max the number of connections this process may open */
export function openDatabase(url: string, max: number): Database {
  const client = postgres(url, { max, onnotice: () => {}, connection: settings });
  return { db: drizzle(client), [Symbol.asyncDispose]: () => client.end({ timeout: 5 }) };
}
