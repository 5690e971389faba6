import { eq, sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { conflictCase } from '#src/db/schema/channel.ts';
import type { RegistrationDecision } from '#src/domain/registrations/registration.ts';

export type ConflictCase = typeof conflictCase.$inferInsert;

/** Saves cases with the facts of the decision. A later decision replaces an open case. */
export async function saveCases(db: Db, cases: readonly ConflictCase[]): Promise<void> {
  await bulkInsert(
    db,
    conflictCase,
    cases,
    sql`on conflict (registration_id) do update set ${setExcluded('decision', 'model_version', 'model_hash', 'normaliser_version', 'program_version', 'facts', 'closed_at')}`,
  );
}

/** The registrations among these that have a case. */
export async function registrationsWithCase(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: conflictCase.registrationId })
    .from(conflictCase)
    .where(isIn(conflictCase.registrationId, ids));
  return new Set(rows.map((row) => row.id));
}

/** The findings of the cases of these registrations, by the registration's id. */
export async function findingsByRegistration(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RegistrationDecision['findings']>> {
  const rows = await db
    .select({ id: conflictCase.registrationId, decision: conflictCase.decision })
    .from(conflictCase)
    .where(isIn(conflictCase.registrationId, ids));
  return new Map(rows.map(({ id, decision }) => [id, decision.findings]));
}

export async function closeCase(db: Db, registrationId: string, closedAt: Date | null): Promise<void> {
  await db.update(conflictCase).set({ closedAt }).where(eq(conflictCase.registrationId, registrationId));
}

/**
 * Registrations that another registration, an open deal or an earlier purchase blocked or sent to a person.
 */
export async function countConflicts(db: Db): Promise<number> {
  return db.$count(
    conflictCase,
    sql`${conflictCase.decision} -> 'findings' @? '$[*] ? (@.effect != "note" && @.rival != null)'`,
  );
}
