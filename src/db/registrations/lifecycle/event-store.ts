import { asc, eq, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { lifecycleNotice, registrationEvent, registrationEventEvidence } from '#src/db/schema/lifecycle.ts';

type Terms = Readonly<Record<string, string>>;

export interface NewRegistrationEvent extends Omit<typeof registrationEvent.$inferInsert, 'id'> {
  readonly given: Readonly<Record<string, unknown>>;
  readonly termsBefore: Terms;
  readonly termsAfter: Terms;
}

/** Adds the moves of a step in their order, each with its evidence. */
export async function addRegistrationEvents(tx: Db, events: readonly NewRegistrationEvent[]): Promise<void> {
  if (events.length === 0) return;
  const ids = await tx.execute<{ id: string }>(
    sql`select nextval('registration_event_id_seq') as id from generate_series(1, ${events.length}::int)`,
  );
  const numbered = events.map((event, index) => ({ ...event, id: Number(ids[index]?.id) }));
  await bulkInsert(
    tx,
    registrationEvent,
    numbered.map(({ given: _given, termsBefore: _before, termsAfter: _after, ...event }) => event),
  );
  await bulkInsert(
    tx,
    registrationEventEvidence,
    numbered
      .filter(
        ({ given, termsBefore, termsAfter }) =>
          Object.keys({ ...given, ...termsBefore, ...termsAfter }).length > 0,
      )
      .map(({ id: eventId, given, termsBefore, termsAfter }) => ({
        eventId,
        given,
        termsBefore,
        termsAfter,
      })),
  );
}

export type NewNotice = typeof lifecycleNotice.$inferInsert;

/** Puts notices into the outbox. */
export async function addNotices(tx: Db, notices: readonly NewNotice[]): Promise<void> {
  await bulkInsert(tx, lifecycleNotice, notices);
}
/** The moves of a registration, oldest first. An erased one has no evidence. */
export async function registrationEvents(db: Db, registrationId: string) {
  return db
    .select({ event: registrationEvent, evidence: registrationEventEvidence })
    .from(registrationEvent)
    .leftJoin(registrationEventEvidence, eq(registrationEventEvidence.eventId, registrationEvent.id))
    .where(eq(registrationEvent.registrationId, registrationId))
    .orderBy(asc(registrationEvent.id));
}
