import type { RemoteFailure } from '#connectors/contract/failures.ts';
import { and, desc, eq, inArray, isNotNull, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import type { Lane } from '#src/domain/connections/budget.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { bulkJob, writeIntent } from '#src/db/schema/work.ts';

export type WriteIntent = typeof writeIntent.$inferSelect;

/**
 * Newest wins: the open intent of the same record is replaced, fields, id and all; a dead one is tried again
 * by it. Whoever waits for the one that is replaced waits for this one, so that it stays in its lane or moves
 * to an earlier one.
 */
export async function saveIntents(
  db: Db,
  intents: readonly (typeof writeIntent.$inferInsert)[],
): Promise<void> {
  await bulkInsert(
    db,
    writeIntent,
    intents.map((intent) => ({ ...intent, status: 'pending' as const, attempts: 0 })),
    sql`on conflict (connection_id, object, record_id) where status in ('pending', 'dead') do update
        set id = excluded.id, status = excluded.status, attempts = 0, fields = excluded.fields, operation = excluded.operation, ext_id = excluded.ext_id, key_field = excluded.key_field,
            key_value = excluded.key_value, base = excluded.base, parent = excluded.parent, mapping_version = excluded.mapping_version,
            urgent = excluded.urgent or (write_intent.urgent and write_intent.status = 'pending'),
            run_id = case when write_intent.run_id is null and write_intent.status = 'pending' then null else excluded.run_id end,
            created_at = excluded.created_at`,
  );
}

/** Open intents whose record now says what we want, without our having to write it. */
export async function supersedeIntents(
  db: Db,
  connectionId: string,
  object: string,
  recordIds: readonly string[],
  at: Date,
): Promise<void> {
  if (recordIds.length === 0) return;
  await db
    .update(writeIntent)
    .set({ status: 'superseded', settledAt: at })
    .where(
      and(
        eq(writeIntent.connectionId, connectionId),
        eq(writeIntent.object, object),
        inArray(writeIntent.status, ['pending', 'dead']),
        isIn(writeIntent.recordId, recordIds),
      ),
    );
}

/**
 * A place in the order of writing: what goes in one call stands together, and in it what the vendor locks
 * together.
 */
export type IntentPlace = Pick<WriteIntent, 'object' | 'operation' | 'parent' | 'id'>;

const orderOf = sql`(${writeIntent.object}, ${writeIntent.operation}, coalesce(${writeIntent.parent}, ''), ${writeIntent.id})`;

/** For whom it is written: a person's decision, a change in the CRM that was hinted at, or a run. */
export function laneOf({ urgent, runId }: Pick<WriteIntent, 'urgent' | 'runId'>): Lane {
  if (urgent) return 'interactive';
  return runId === null ? 'hint' : 'bulk';
}

/** No job at the vendor's writes the record. */
const free = sql`not exists (select 1 from ${bulkJob} where ${bulkJob.connectionId} = ${writeIntent.connectionId}
  and ${writeIntent.recordId} = any(${bulkJob.recordIds}))`;

const forPeople = eq(writeIntent.urgent, true);
/**
 * What each lane takes up: its own, and what goes before it. Records that are held by a job are left to the
 * lane that waits for jobs.
 */
const upTo: Readonly<Record<Lane, SQL | undefined>> = {
  interactive: and(forPeople, free),
  hint: and(or(forPeople, isNull(writeIntent.runId)), free),
  bulk: undefined,
};

/** What nobody waits for, by the order of writing, after a place in it. */
export async function pendingIntents(
  db: Db,
  connectionId: string,
  after: IntentPlace | null,
  limit: number,
): Promise<WriteIntent[]> {
  const past =
    after &&
    sql`${orderOf} > (${after.object}, ${after.operation}, ${after.parent ?? ''}, ${after.id}::uuid)`;
  return db
    .select()
    .from(writeIntent)
    .where(and(pendingOn(connectionId), not(forPeople), isNotNull(writeIntent.runId), past ?? undefined))
    .orderBy(orderOf)
    .limit(limit);
}

/**
 * What goes before all else, but for those named: people's decisions, and after them, unless only these are
 * asked for, what hints brought.
 */
export async function priorityIntents(
  db: Db,
  connectionId: string,
  {
    lane,
    except,
    limit,
  }: { readonly lane: Lane; readonly except: readonly string[]; readonly limit: number },
): Promise<WriteIntent[]> {
  return db
    .select()
    .from(writeIntent)
    .where(
      and(
        pendingOn(connectionId),
        upTo[lane === 'bulk' ? 'hint' : lane],
        except.length > 0 ? not(isIn(writeIntent.id, except)) : undefined,
      ),
    )
    .orderBy(desc(writeIntent.urgent), orderOf)
    .limit(limit);
}

export async function hasPending(db: Db, connectionId: string, lane: Lane): Promise<boolean> {
  const found = await db
    .select({ id: writeIntent.id })
    .from(writeIntent)
    .where(and(pendingOn(connectionId), upTo[lane]))
    .limit(1);
  return found.length > 0;
}

/** The pending intents of these records of ours. */
export async function pendingIntentsOf(
  db: Db,
  connectionId: string,
  object: string,
  recordIds: readonly string[],
): Promise<WriteIntent[]> {
  return db
    .select()
    .from(writeIntent)
    .where(
      and(pendingOn(connectionId), eq(writeIntent.object, object), isIn(writeIntent.recordId, recordIds)),
    );
}

function pendingOn(connectionId: string): SQL | undefined {
  return and(eq(writeIntent.connectionId, connectionId), eq(writeIntent.status, 'pending'));
}

/** A newer intent for the record has another id by now, and stays pending. */
export async function completeIntents(db: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(writeIntent)
    .set({ status: 'done', settledAt: at, failure: null, attempts: sql`${writeIntent.attempts} + 1` })
    .where(isIn(writeIntent.id, ids));
}

export interface FailedIntent {
  readonly id: string;
  readonly failure: RemoteFailure;
}

/** Dead letters: the next plan of the record revives them. */
export function deadLetterIntents(db: Db, dead: readonly FailedIntent[], at: Date): Promise<void> {
  return failIntents(db, dead, sql`status = 'dead', settled_at = ${at.toISOString()}`);
}

/** Left pending, with what went wrong; the next attempt takes them up. */
export function recordFailedAttempts(db: Db, failed: readonly FailedIntent[]): Promise<void> {
  return failIntents(db, failed, sql`status = 'pending'`);
}

/** In one statement: a vendor may refuse thousands at once. */
async function failIntents(db: Db, failed: readonly FailedIntent[], outcome: SQL): Promise<void> {
  if (failed.length === 0) return;
  await db.execute(sql`
    update write_intent w set ${outcome}, failure = x.failure, attempts = w.attempts + 1
    from jsonb_to_recordset(${JSON.stringify(failed)}::text::jsonb) as x(id uuid, failure jsonb)
    where w.id = x.id and w.status = 'pending'`);
}

/**
 * Writes settled before this and followed by another to the same record: what was last written stays on show.
 * Returns how many.
 */
export async function deleteOldIntents(db: Db, before: Date): Promise<number> {
  const result = await db.execute(sql`
    delete from write_intent old
    where old.status in ('done', 'superseded') and old.settled_at < ${before.toISOString()}
      and exists (select 1 from write_intent newer where newer.record_id = old.record_id and newer.connection_id = old.connection_id
                  and newer.created_at > old.created_at and newer.status = 'done')`);
  return result.count;
}

/** Pending intents that nothing is to come of any more, by their ids. */
export async function discardIntents(db: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(writeIntent)
    .set({ status: 'superseded', settledAt: at })
    .where(and(eq(writeIntent.status, 'pending'), isIn(writeIntent.id, ids)));
}

/** Which of these intents are still to be sent: a newer one for the record takes another id. */
export async function stillPending(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: writeIntent.id })
    .from(writeIntent)
    .where(and(eq(writeIntent.status, 'pending'), isIn(writeIntent.id, ids)));
  return new Set(rows.map((row) => row.id));
}

/**
 * Dead letters become pending again: all of a connection, or those of one object or one cause. Returns how
 * many.
 */
export async function reopenDeadIntents(
  db: Db,
  connectionId: string,
  { object, code }: { readonly object?: string | undefined; readonly code?: string | undefined },
): Promise<number> {
  const revived = await db
    .update(writeIntent)
    .set({ status: 'pending', settledAt: null })
    .where(
      and(
        eq(writeIntent.connectionId, connectionId),
        eq(writeIntent.status, 'dead'),
        object === undefined ? undefined : eq(writeIntent.object, object),
        code === undefined ? undefined : sql`${writeIntent.failure} ->> 'code' = ${code}`,
      ),
    )
    .returning({ id: writeIntent.id });
  return revived.length;
}
