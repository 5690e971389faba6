import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue, ObjectDescription } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { and, asc, eq, getTableColumns, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { connection, cursor, objectDescription } from '#src/db/schema/connection.ts';

export type Connection = typeof connection.$inferSelect & {
  /**
   * The customer's live mappings, at most one for each kind. The shipped mapping is in force for the other
   * kinds.
   */
  readonly mappings: readonly MappingPack[];
};
export type Cursor = Pick<
  typeof cursor.$inferSelect,
  'since' | 'startedAt' | 'resume' | 'done' | 'total' | 'readStartedAt'
>;

/**
 * The tables are named in the text, because drizzle leaves them out in a query with one table, and both
 * tables have an `id`.
 */
const liveMappings = sql<
  readonly MappingPack[]
>`coalesce((select json_agg(m.pack order by m.kind) from mapping_version m
  where m.connection_id = connection.id and m.status = 'live'), '[]'::json)`;
const withMappings = { ...getTableColumns(connection), mappings: liveMappings };

export async function listConnections(db: Db): Promise<Connection[]> {
  return db.select(withMappings).from(connection).orderBy(asc(connection.createdAt), asc(connection.name));
}

export async function findConnection(db: Db, id: string): Promise<Connection | null> {
  const [found] = await db.select(withMappings).from(connection).where(eq(connection.id, id));
  return found ?? null;
}

/**
 * Locks the row to the end of the transaction. Others may insert rows that refer to it, but not change it.
 */
export async function lockConnection(tx: Db, id: string): Promise<Connection | null> {
  const [found] = await tx
    .select(withMappings)
    .from(connection)
    .where(eq(connection.id, id))
    .for('no key update');
  return found ?? null;
}

/**
 * Locks the row to the end of the transaction so that it cannot be deleted while rows without a foreign key
 * are inserted. Others may change it and may take the same lock. False when it does not exist.
 */
export async function lockConnectionAgainstDeletion(tx: Db, id: string): Promise<boolean> {
  return (
    (await tx.select({ id: connection.id }).from(connection).where(eq(connection.id, id)).for('key share'))
      .length > 0
  );
}

/** New settings or credentials end a pause, so that they are tried. */
export async function saveConnection(db: Db, row: typeof connection.$inferInsert): Promise<void> {
  await db
    .insert(connection)
    .values(row)
    .onConflictDoUpdate({
      target: connection.id,
      set: {
        settings: row.settings,
        secrets: row.secrets,
        pausedUntil: null,
        pausedAt: null,
        pauseReason: null,
      },
    });
}

/** Adds these settings, or changes them, and leaves the others. */
export async function saveSettings(
  db: Db,
  id: string,
  changed: Readonly<Record<string, JsonValue>>,
): Promise<void> {
  if (Object.keys(changed).length === 0) return;
  await db
    .update(connection)
    .set({ settings: sql`${connection.settings} || ${JSON.stringify(changed)}::jsonb` })
    .where(eq(connection.id, id));
}

export interface ConnectionHealth {
  readonly status: 'active' | 'failing';
  readonly failure: RemoteFailure | null;
  readonly account: string;
  readonly callsUsed: number | null;
  readonly callsAllowed: number | null;
  readonly checkedAt: Date;
  readonly pausedUntil: Date | null;
  readonly pausedAt: Date | null;
  readonly pauseReason: string | null;
}

export async function saveHealth(db: Db, id: string, health: Partial<ConnectionHealth>): Promise<void> {
  await db.update(connection).set(health).where(eq(connection.id, id));
}

export async function markInstalled(db: Db, id: string, at: Date): Promise<void> {
  await db.update(connection).set({ installedAt: at }).where(eq(connection.id, id));
}

/** Null removes the address for webhooks without a signature. */
export async function saveWebhookToken(db: Db, id: string, webhookTokenHash: string | null): Promise<void> {
  await db.update(connection).set({ webhookTokenHash }).where(eq(connection.id, id));
}

/** The limits that the customer sets for a connection. */
export type ConnectionLimits = Pick<Connection, 'dailyCallLimit' | 'removalLimitPercent'>;

export async function saveLimits(db: Db, id: string, limits: ConnectionLimits): Promise<void> {
  await db.update(connection).set(limits).where(eq(connection.id, id));
}

export async function readCursor(db: Db, connectionId: string, object: string): Promise<Cursor> {
  const { since, startedAt, resume, done, total, readStartedAt } = cursor;
  const [found] = await db
    .select({ since, startedAt, resume, done, total, readStartedAt })
    .from(cursor)
    .where(and(eq(cursor.connectionId, connectionId), eq(cursor.object, object)));
  return found ?? { since: null, startedAt: null, resume: null, done: 0, total: null, readStartedAt: null };
}

/** @param reached when a read ended, and when it ended if it covered the whole object */
export async function saveCursor(
  db: Db,
  connectionId: string,
  object: string,
  next: Partial<Cursor>,
  reached: { readonly completedAt?: Date; readonly scannedAt?: Date } = {},
): Promise<void> {
  const set = { ...next, ...reached };
  await db
    .insert(cursor)
    .values({ connectionId, object, ...set })
    .onConflictDoUpdate({ target: [cursor.connectionId, cursor.object], set });
}

/** Objects that were read to the end at least once and not compared as a whole since `before`. */
export async function objectsDueForScan(db: Db, connectionId: string, before: Date): Promise<string[]> {
  const rows = await db
    .select({ object: cursor.object })
    .from(cursor)
    .where(
      and(
        eq(cursor.connectionId, connectionId),
        isNotNull(cursor.completedAt),
        or(isNull(cursor.scannedAt), lt(cursor.scannedAt, before)),
      ),
    );
  return rows.map((row) => row.object);
}

export async function readDescription(
  db: Db,
  connectionId: string,
  object: string,
): Promise<ObjectDescription | null> {
  const last = await lastDescription(db, connectionId, object);
  return last && !last.outdated ? last.description : null;
}

export interface LastDescription {
  readonly description: ObjectDescription;
  readonly describedAt: Date;
  /** True when a later answer of the vendor contradicted it. */
  readonly outdated: boolean;
}

/** The last description of an object, even if it is known to be outdated. */
export async function lastDescription(
  db: Db,
  connectionId: string,
  object: string,
): Promise<LastDescription | null> {
  const { description, describedAt } = objectDescription;
  const [found] = await db
    .select({ description, describedAt })
    .from(objectDescription)
    .where(and(eq(objectDescription.connectionId, connectionId), eq(objectDescription.object, object)));
  return found ? { ...found, outdated: found.describedAt.getTime() === outdated.getTime() } : null;
}

/** The `describedAt` of an outdated description. */
const outdated = new Date(0);

export async function saveDescription(
  db: Db,
  connectionId: string,
  description: ObjectDescription,
  describedAt: Date,
): Promise<void> {
  await db
    .insert(objectDescription)
    .values({ connectionId, object: description.object, description, describedAt })
    .onConflictDoUpdate({
      target: [objectDescription.connectionId, objectDescription.object],
      set: { description, describedAt },
    });
}

/**
 * Marks the descriptions as outdated. They are requested again before their next use; until then they show
 * what has changed.
 */
export async function invalidateDescriptions(db: Db, connectionId: string): Promise<void> {
  await db
    .update(objectDescription)
    .set({ describedAt: outdated })
    .where(eq(objectDescription.connectionId, connectionId));
}
