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

const pingTimeoutS = 5;

/** @throws Error with PostgreSQL's code or the socket's when the server does not answer or refuses us */
export async function pingServer(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: pingTimeoutS });
  try {
    await client`select 1`;
  } finally {
    await client.end({ timeout: 0 });
  }
}
