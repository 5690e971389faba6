import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { listening } from '#src/db/schema/connection.ts';

/** One process listens to a connection at a time, and says so again before this is over. */
export const leaseMs = 30_000;

/** By the database's clock: processes on several machines must agree on who listens. */
const until = sql`now() + ${`${leaseMs} milliseconds`}::interval`;

const isMine = (connectionId: string, holder: string) =>
  and(eq(listening.connectionId, connectionId), eq(listening.leaseHolder, holder));

/** The position to go on from when the lease is ours now; null while somebody else has it. */
export async function acquireLease(
  db: Db,
  connectionId: string,
  holder: string,
): Promise<{ readonly position: string | null } | null> {
  const [taken] = await db
    .insert(listening)
    .values({ connectionId, leaseHolder: holder, leasedUntil: until })
    .onConflictDoUpdate({
      target: listening.connectionId,
      set: { leaseHolder: holder, leasedUntil: until },
      setWhere: sql`${listening.leaseHolder} is null or ${listening.leaseHolder} = ${holder} or ${listening.leasedUntil} < now()`,
    })
    .returning({ position: listening.position });
  return taken ?? null;
}

/** False when somebody else has taken it meanwhile. */
export async function renewLease(db: Db, connectionId: string, holder: string): Promise<boolean> {
  const renewed = await db
    .update(listening)
    .set({ leasedUntil: until })
    .where(isMine(connectionId, holder))
    .returning({ id: listening.connectionId });
  return renewed.length > 0;
}

export async function releaseLease(db: Db, connectionId: string, holder: string): Promise<void> {
  await db
    .update(listening)
    .set({ leaseHolder: null, leasedUntil: null })
    .where(isMine(connectionId, holder));
}

/** How far the stream has come. False when the lease is somebody else's: then nothing of ours may be kept. */
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
    .where(isMine(connectionId, holder))
    .returning({ id: listening.connectionId });
  return saved.length > 0;
}

export async function saveStreamError(
  db: Db,
  connectionId: string,
  holder: string,
  error: string,
): Promise<void> {
  await db.update(listening).set({ error }).where(isMine(connectionId, holder));
}
