import { and, desc, eq, gt, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { loginLink, person, recoveryRequest, session, usedChallenge } from '#src/db/schema/people.ts';
import type { Person } from './person-store.ts';

export type LoginLink = typeof loginLink.$inferSelect;
export type Session = typeof session.$inferSelect;

export async function saveLoginLink(db: Db, row: typeof loginLink.$inferInsert): Promise<void> {
  await db.insert(loginLink).values(row);
}

/**
 * Marks a link as used and returns it; null when it is unknown, used or expired. Of two simultaneous calls, one
 * gets the link.
 */
export async function useLoginLink(db: Db, tokenHash: string, now: Date): Promise<LoginLink | null> {
  const [used] = await db
    .update(loginLink)
    .set({ usedAt: now })
    .where(and(eq(loginLink.tokenHash, tokenHash), isNull(loginLink.usedAt), gt(loginLink.expiresAt, now)))
    .returning();
  return used ?? null;
}

export async function saveSession(db: Db, row: typeof session.$inferInsert): Promise<void> {
  await db.insert(session).values(row);
}

export interface LiveSession {
  readonly person: Person;
  readonly session: Session;
}

/**
 * The session, unless it has expired, was not used since `seenAfter`, or its person is disabled. The demo
 * person has no session in production.
 */
export async function findLiveSession(
  db: Db,
  tokenHash: string,
  now: Date,
  seenAfter: Date,
): Promise<LiveSession | null> {
  const [found] = await db
    .select({ person, session })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .where(
      and(
        eq(session.tokenHash, tokenHash),
        gt(session.expiresAt, now),
        gt(session.seenAt, seenAfter),
        isNull(person.disabledAt),
        sql`not (${person.isDemo} and is_in_production())`,
      ),
    );
  return found ?? null;
}

/** The person's sessions that have not ended, the one used last first. */
export async function liveSessionsOf(
  db: Db,
  personId: string,
  now: Date,
  seenAfter: Date,
): Promise<readonly Session[]> {
  return db
    .select()
    .from(session)
    .where(and(eq(session.personId, personId), gt(session.expiresAt, now), gt(session.seenAt, seenAfter)))
    .orderBy(desc(session.seenAt));
}

/** Ends the person's sessions; with `except`, all but that one. Returns the number. */
export async function deleteSessionsOf(
  db: Db,
  personId: string,
  { except, only }: { readonly except?: string; readonly only?: string } = {},
): Promise<number> {
  const ended = await db
    .delete(session)
    .where(
      and(
        eq(session.personId, personId),
        except === undefined ? undefined : ne(session.tokenHash, except),
        only === undefined ? undefined : eq(session.id, only),
      ),
    )
    .returning({ id: session.id });
  return ended.length;
}

/** Ends everything that lets the person in now: sessions, open links and open requests to be let in again. */
export async function endAccessOf(db: Db, personId: string): Promise<void> {
  await deleteSessionsOf(db, personId);
  await voidLinksOf(db, personId);
  await db.delete(recoveryRequest).where(eq(recoveryRequest.personId, personId));
}

export async function voidLinksOf(db: Db, personId: string): Promise<void> {
  await db.delete(loginLink).where(eq(loginLink.personId, personId));
}

/**
 * Deletes used and expired links, challenges and requests, and sessions that have expired or were not used since
 * `seenAfter`. Returns the number of rows.
 */
export async function deleteEndedAccess(db: Db, now: Date, seenAfter: Date): Promise<number> {
  const links = await db
    .delete(loginLink)
    .where(or(isNotNull(loginLink.usedAt), lte(loginLink.expiresAt, now)))
    .returning({ hash: loginLink.tokenHash });
  const sessions = await db
    .delete(session)
    .where(or(lte(session.expiresAt, now), lte(session.seenAt, seenAfter)))
    .returning({ hash: session.tokenHash });
  const challenges = await db
    .delete(usedChallenge)
    .where(lte(usedChallenge.expiresAt, now))
    .returning({ hash: usedChallenge.hash });
  const requests = await db
    .delete(recoveryRequest)
    .where(lte(recoveryRequest.expiresAt, now))
    .returning({ id: recoveryRequest.id });
  return links.length + sessions.length + challenges.length + requests.length;
}

export async function touchSession(db: Db, tokenHash: string, seenAt: Date): Promise<void> {
  await db.update(session).set({ seenAt }).where(eq(session.tokenHash, tokenHash));
}

export async function deleteSession(db: Db, tokenHash: string): Promise<void> {
  await db.delete(session).where(eq(session.tokenHash, tokenHash));
}

/** The session goes on as one that this passkey opened. */
export async function setSessionPasskey(db: Db, tokenHash: string, passkeyId: string): Promise<void> {
  await db.update(session).set({ passkeyId }).where(eq(session.tokenHash, tokenHash));
}

/** Notes that the passkey has confirmed one action, instead of any that it confirmed before. */
export async function confirmSessionAction(
  db: Db,
  tokenHash: string,
  { passkeyId, action, at }: { readonly passkeyId: string; readonly action: string; readonly at: Date },
): Promise<void> {
  await db
    .update(session)
    .set({ passkeyId, confirmedAction: action, confirmedActionAt: at })
    .where(eq(session.tokenHash, tokenHash));
}

/**
 * Uses up the confirmation of an action, if it is newer than `after`. The passkey that confirmed it; null
 * without one. Of two simultaneous requests, one gets it.
 */
export async function useConfirmedAction(
  db: Db,
  tokenHash: string,
  { action, after }: { readonly action: string; readonly after: Date },
): Promise<string | null> {
  const [used] = await db
    .update(session)
    .set({ confirmedAction: null, confirmedActionAt: null })
    .where(
      and(
        eq(session.tokenHash, tokenHash),
        eq(session.confirmedAction, action),
        gt(session.confirmedActionAt, after),
      ),
    )
    .returning({ passkeyId: session.passkeyId });
  return used?.passkeyId ?? null;
}
