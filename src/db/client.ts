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

/** Every transaction has the dialect of the pool it was opened on, so the key of the audit trail is found by it. */
const auditKeys = new WeakMap<object, Buffer>();
const dialectOf = (db: Db): object => (db as unknown as { readonly dialect: object }).dialect;

/** @throws Error when the database was opened without the key of the audit trail */
export function auditKeyOf(db: Db): Buffer {
  const key = auditKeys.get(dialectOf(db));
  if (!key) throw new Error('this database was opened without the key of the audit trail');
  return key;
}

/**
 * @param max the number of connections this process may open
 * @param auditKey the key of the audit trail's chain, for processes that add to it or check it
 */
export function openDatabase(url: string, max: number, auditKey: Buffer | null = null): Database {
  const client = postgres(url, { max, onnotice: () => {}, connection: settings });
  const db = drizzle(client);
  if (auditKey) auditKeys.set(dialectOf(db), auditKey);
  return { db, [Symbol.asyncDispose]: () => client.end({ timeout: 5 }) };
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
