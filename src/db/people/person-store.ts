import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { person, personTie } from '#src/db/schema/people.ts';

export type Person = typeof person.$inferSelect;
export type NewPerson = typeof person.$inferInsert;

export async function insertPerson(db: Db, row: NewPerson): Promise<Person> {
  const [saved] = await db.insert(person).values(row).returning();
  if (saved === undefined) throw new Error(`person ${row.id} was not saved`);
  return saved;
}

export async function updatePerson(
  db: Db,
  id: string,
  set: Partial<Omit<NewPerson, 'id' | 'email'>>,
): Promise<Person> {
  const [saved] = await db.update(person).set(set).where(eq(person.id, id)).returning();
  if (saved === undefined) throw new Error(`there is no person ${id}`);
  return saved;
}

/** Locks the person to the end of the transaction. */
export async function lockPersonByEmail(tx: Db, email: string): Promise<Person | null> {
  const [found] = await tx.select().from(person).where(eq(person.email, email)).for('update');
  return found ?? null;
}

/** Locks the person to the end of the transaction. */
export async function lockPerson(tx: Db, id: string): Promise<Person | null> {
  const [found] = await tx.select().from(person).where(eq(person.id, id)).for('update');
  return found ?? null;
}

/**
 * Locks every admin in one order, so that two admins who disable each other at the same moment cannot both
 * succeed.
 */
export async function lockAdmins(tx: Db): Promise<readonly Person[]> {
  return tx
    .select()
    .from(person)
    .where(and(eq(person.role, 'admin'), isNull(person.disabledAt)))
    .orderBy(asc(person.id))
    .for('update');
}

/** Records that the person could be a second identity of `tiedTo`. A second tie of the two changes nothing. */
export async function tiePeople(tx: Db, row: typeof personTie.$inferInsert): Promise<void> {
  await tx.insert(personTie).values(row).onConflictDoNothing();
}

export async function findPersonByEmail(db: Db, email: string): Promise<Person | null> {
  const [found] = await db.select().from(person).where(eq(person.email, email));
  return found ?? null;
}

export async function findPerson(db: Db, id: string): Promise<Person | null> {
  const [found] = await db.select().from(person).where(eq(person.id, id));
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

/** The number of people, the demo person of the sandbox left out. */
export async function countPeople(db: Db): Promise<number> {
  return db.$count(person, eq(person.isDemo, false));
}

export interface PersonRow extends Person {
  /** When the person's last request was; null without a session. */
  readonly seenAt: Date | null;
  readonly passkeys: number;
  /** The time of the last open request to be let in again as this person; null without one. */
  readonly askedAgainAt: Date | null;
}

/**
 * The tables are named in the text, because drizzle leaves them out in a query with one table, and several
 * tables have an `id`.
 */
export async function peopleByName(db: Db, now: Date): Promise<PersonRow[]> {
  const rows = await db
    .select({
      person,
      seenAt: sql<string | null>`(select max(s.seen_at) from session s where s.person_id = person.id)`,
      passkeys: sql<number>`(select count(*)::int from passkey k where k.person_id = person.id)`,
      askedAgainAt: sql<string | null>`(select max(r.asked_at) from recovery_request r
        where r.person_id = person.id and r.confirmed_at is null and r.expires_at > ${now.toISOString()}::timestamptz)`,
    })
    .from(person)
    .orderBy(asc(person.name), asc(person.email));
  const dateOf = (text: string | null) => (text === null ? null : new Date(text));
  return rows.map((row) => ({
    ...row.person,
    passkeys: row.passkeys,
    seenAt: dateOf(row.seenAt),
    askedAgainAt: dateOf(row.askedAgainAt),
  }));
}
