import { and, asc, count, eq, gte, isNotNull, isNull, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { account, conflictCase, partner, registration } from '#src/db/schema/channel.ts';
import { matchLabel } from '#src/db/schema/matching.ts';
import { person } from '#src/db/schema/people.ts';

export type MatchLabel = typeof matchLabel.$inferSelect;

/** Two companies as they were compared, without an answer. */
export type Comparison = Omit<MatchLabel, 'answer' | 'answeredBy' | 'answeredAt'>;

/** Inserts questions for review. A pair that has a question or an answer is not changed. */
export async function saveQuestions(tx: Db, questions: readonly Comparison[]): Promise<void> {
  await bulkInsert(tx, matchLabel, questions, sql`on conflict do nothing`);
}

/** The registrations among these that have a question or an answer from the sample. */
export async function sampledRegistrations(
  db: Db,
  registrationIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectDistinct({ id: matchLabel.registrationId })
    .from(matchLabel)
    .where(and(isKeyIn(matchLabel.registrationId, registrationIds, 'uuid'), eq(matchLabel.origin, 'sample')));
  return new Set(rows.map((row) => row.id));
}

/** The question or answer about a pair, locked to the end of the transaction. */
export async function lockLabel(tx: Db, registrationId: string, rivalId: string): Promise<MatchLabel | null> {
  const [row] = await tx.select().from(matchLabel).where(isPair(registrationId, rivalId)).for('update');
  return row ?? null;
}

/** Saves an answer. The later of two answers about one pair replaces the earlier one. */
export async function saveLabel(tx: Db, label: MatchLabel): Promise<void> {
  const { id: _, registrationId: __, rivalId: ___, ...values } = label;
  await tx
    .insert(matchLabel)
    .values(label)
    .onConflictDoUpdate({ target: [matchLabel.registrationId, matchLabel.rivalId], set: values });
}

export async function removeLabel(tx: Db, id: string): Promise<void> {
  await tx.delete(matchLabel).where(eq(matchLabel.id, id));
}

const isPair = (registrationId: string, rivalId: string) =>
  and(eq(matchLabel.registrationId, registrationId), eq(matchLabel.rivalId, rivalId));

/** The answers about a registration's customer and other companies. */
export async function labelsOf(db: Db, registrationId: string) {
  return db
    .select({
      rivalId: matchLabel.rivalId,
      answer: matchLabel.answer,
      answeredBy: person.name,
      answeredAt: matchLabel.answeredAt,
    })
    .from(matchLabel)
    .innerJoin(person, eq(person.id, matchLabel.answeredBy))
    .where(eq(matchLabel.registrationId, registrationId));
}

/** A question is no longer open when its registration was deleted in the CRM. */
const isOpen = and(isNull(matchLabel.answer), eq(registration.deleted, false));

const other = sql.identifier('other');

/** Open questions, oldest first, with the names as people write them. */
export async function openMatchQuestions(db: Db, limit: number) {
  return db
    .select({
      registrationId: matchLabel.registrationId,
      number: registration.number,
      partnerName: partner.name,
      customerName: registration.customerName,
      rivalKind: matchLabel.rivalKind,
      rivalId: matchLabel.rivalId,
      rivalName: sql<string>`coalesce(${account.name}, (select customer_name from registration ${other} where ${other}.id = ${matchLabel.rivalId}), '')`,
      ours: matchLabel.ours,
      theirs: matchLabel.theirs,
      comparedAt: matchLabel.comparedAt,
    })
    .from(matchLabel)
    .innerJoin(registration, eq(registration.id, matchLabel.registrationId))
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .leftJoin(account, eq(account.id, matchLabel.rivalId))
    .where(isOpen)
    .orderBy(asc(matchLabel.id))
    .limit(limit);
}

/** The number of open questions, and of answers to alerts and samples. */
export async function countLabels(
  db: Db,
): Promise<{ readonly openQuestions: number; readonly answersGiven: number }> {
  const [row] = await db
    .select({
      openQuestions: sql<number>`count(*) filter (where ${isOpen})::int`,
      answersGiven: count(matchLabel.answer),
    })
    .from(matchLabel)
    .innerJoin(registration, eq(registration.id, matchLabel.registrationId));
  return row ?? { openQuestions: 0, answersGiven: 0 };
}

/** The month of an instant in UTC, such as `2026-10`. */
const monthOf = (column: typeof matchLabel.comparedAt | typeof conflictCase.openedAt) =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM')`;

/** Every question and answer about a pair that was compared since then. */
export async function comparedPairs(db: Db, since: Date) {
  return db
    .select({
      month: monthOf(matchLabel.comparedAt),
      registrationId: matchLabel.registrationId,
      origin: matchLabel.origin,
      probability: matchLabel.probability,
      weight: matchLabel.weight,
      answer: matchLabel.answer,
    })
    .from(matchLabel)
    .where(gte(matchLabel.comparedAt, since));
}

/**
 * The number of registrations with an alert since then, by month. An alert names a rival; an earlier purchase
 * is one, although it has no score.
 */
export async function alertedByMonth(db: Db, since: Date): Promise<ReadonlyMap<string, number>> {
  const month = monthOf(conflictCase.openedAt);
  const rows = await db
    .select({ month, registrations: count() })
    .from(conflictCase)
    .where(
      and(
        gte(conflictCase.openedAt, since),
        sql`${conflictCase.decision} -> 'findings' @? '$[*] ? (@.rival != null)'`,
      ),
    )
    .groupBy(sql`1`);
  return new Map(rows.map((row) => [row.month, row.registrations]));
}

/** Every answer with the two companies. A model is fitted to them. */
export async function answeredPairs(db: Db) {
  const rows = await db
    .select({ ours: matchLabel.ours, theirs: matchLabel.theirs, answer: matchLabel.answer })
    .from(matchLabel)
    .where(isNotNull(matchLabel.answer))
    .orderBy(asc(matchLabel.id));
  return rows.flatMap(({ answer, ...pair }) => (answer === null ? [] : [{ ...pair, answer }]));
}
