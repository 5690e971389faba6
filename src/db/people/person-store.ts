import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { loginLink, person, type Role, session } from '#src/db/schema/people.ts';

export type Person = typeof person.$inferSelect;

export interface NewPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** Inserts a person. If the person exists, only the values in `changes` are updated. */
export async function upsertPerson(
  db: Db,
  row: NewPerson,
  changes: Partial<Pick<NewPerson, 'name' | 'role'>>,
): Promise<Person> {
  const [saved] = await db
    .insert(person)
    .values(row)
    .onConflictDoUpdate({ target: person.email, set: { email: row.email, ...changes } })
    .returning();
  if (saved === undefined) throw new Error(`person ${row.id} was not saved`);
  return saved;
}

/** Locks the person to the end of the transaction. */
export async function lockPersonByEmail(tx: Db, email: string): Promise<Person | null> {
  const [found] = await tx.select().from(person).where(eq(person.email, email)).for('update');
  return found ?? null;
}

export async function findPersonByEmail(db: Db, email: string): Promise<Person | null> {
  const [found] = await db.select().from(person).where(eq(person.email, email));
  return found ?? null;
}

/** Names by person id. Unknown ids are left out. */
export async function personNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: person.id, name: person.name })
    .from(person)
    .where(inArray(person.id, [...new Set(ids)]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function countPeople(db: Db): Promise<number> {
  return db.$count(person);
}

export interface PersonRow extends Person {
  /** When the person's last request was; null without a session. */
  readonly seenAt: Date | null;
}

export async function peopleByName(db: Db): Promise<PersonRow[]> {
  const seenAt = sql<
    string | null
  >`(select max(${session.seenAt}) from ${session} where ${session.personId} = ${person.id})`;
  const rows = await db.select({ person, seenAt }).from(person).orderBy(asc(person.name), asc(person.email));
  return rows.map((row) => ({ ...row.person, seenAt: row.seenAt === null ? null : new Date(row.seenAt) }));
}

export async function saveLoginLink(
  db: Db,
  row: { tokenHash: string; personId: string; expiresAt: Date },
): Promise<void> {
  await db.insert(loginLink).values(row);
}

/**
 * Marks a link as used and returns its person; null when it is unknown, used or expired. Of two simultaneous
 * calls, one gets the person.
 */
export async function useLoginLink(db: Db, tokenHash: string, now: Date): Promise<Person | null> {
  const [used] = await db
    .update(loginLink)
    .set({ usedAt: now })
    .where(and(eq(loginLink.tokenHash, tokenHash), isNull(loginLink.usedAt), gt(loginLink.expiresAt, now)))
    .returning({ personId: loginLink.personId });
  if (used === undefined) return null;
  const [found] = await db.select().from(person).where(eq(person.id, used.personId));
  return found ?? null;
}

export async function saveSession(db: Db, row: typeof session.$inferInsert): Promise<void> {
  await db.insert(session).values(row);
}

export interface LiveSession {
  readonly person: Person;
  readonly seenAt: Date;
}

/** The session, unless it has expired or was not used since `seenAfter`. */
export async function findLiveSession(
  db: Db,
  tokenHash: string,
  now: Date,
  seenAfter: Date,
): Promise<LiveSession | null> {
  const [found] = await db
    .select({ person, seenAt: session.seenAt })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .where(and(eq(session.tokenHash, tokenHash), gt(session.expiresAt, now), gt(session.seenAt, seenAfter)));
  return found ?? null;
}

/**
 * Deletes used and expired links, and sessions that have expired or were not used since `seenAfter`. Returns
 * the number of rows.
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
  return links.length + sessions.length;
}

export async function touchSession(db: Db, tokenHash: string, seenAt: Date): Promise<void> {
  await db.update(session).set({ seenAt }).where(eq(session.tokenHash, tokenHash));
}

export async function deleteSession(db: Db, tokenHash: string): Promise<void> {
  await db.delete(session).where(eq(session.tokenHash, tokenHash));
}
