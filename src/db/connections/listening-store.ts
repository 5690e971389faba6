import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { listening } from '#src/db/schema/connection.ts';

/** The length of a lease. The process that listens renews it before its end. */
export const leaseMs = 30_000;

/** By the database's clock, so that processes on several machines agree. */
const until = sql`now() + ${`${leaseMs} milliseconds`}::interval`;

const hasLease = (connectionId: string, holder: string) =>
  and(eq(listening.connectionId, connectionId), eq(listening.leaseHolder, holder));

/** Tries to get the lease. Returns the position to continue from, or null while another process has it. */
export async function acquireLease(
  db: Db,
  connectionId: string,
  holder: string,
): Promise<{ readonly position: string | null } | null> {
  const [lease] = await db
    .insert(listening)
    .values({ connectionId, leaseHolder: holder, leasedUntil: until })
    .onConflictDoUpdate({
      target: listening.connectionId,
      set: { leaseHolder: holder, leasedUntil: until },
      setWhere: sql`${listening.leaseHolder} is null or ${listening.leaseHolder} = ${holder} or ${listening.leasedUntil} < now()`,
    })
    .returning({ position: listening.position });
  return lease ?? null;
}

/** False when another process has the lease by now. */
export async function renewLease(db: Db, connectionId: string, holder: string): Promise<boolean> {
  const renewed = await db
    .update(listening)
    .set({ leasedUntil: until })
    .where(hasLease(connectionId, holder))
    .returning({ id: listening.connectionId });
  return renewed.length > 0;
}

export async function releaseLease(db: Db, connectionId: string, holder: string): Promise<void> {
  await db
    .update(listening)
    .set({ leaseHolder: null, leasedUntil: null })
    .where(hasLease(connectionId, holder));
}

/**
 * Saves the position of the stream. False when another process has the lease: then nothing from this stream
 * may be saved.
 */
export async function savePosition(
  db: Db,
  connectionId: string,
  holder: string,
  position: string,
  lastEventAt: Date,
): Promise<boolean> {
  const saved = await db
    .update(listening)
    .set({ position, lastEventAt, error: null })
    .where(hasLease(connectionId, holder))
    .returning({ id: listening.connectionId });
  return saved.length > 0;
}

export async function saveStreamError(
  db: Db,
  connectionId: string,
  holder: string,
  error: string,
): Promise<void> {
  await db.update(listening).set({ error }).where(hasLease(connectionId, holder));
}
