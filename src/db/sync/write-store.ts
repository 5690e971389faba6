import type { RemoteFailure } from '#connectors/contract/failures.ts';
import { and, desc, eq, inArray, isNotNull, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import type { Lane } from '#src/domain/connections/budget.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { bulkJob, writeIntent } from '#src/db/schema/work.ts';

export type WriteIntent = typeof writeIntent.$inferSelect;

/**
 * Saves intents. A newer intent replaces the open one of the same record with a new id, and reopens a dead
 * letter. It keeps the lane of the replaced one, or moves to an earlier one, because somebody may wait for
 * it.
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
            key_value = excluded.key_value, base = excluded.base, evidence = excluded.evidence, parent = excluded.parent, mapping_version = excluded.mapping_version,
            urgent = excluded.urgent or (write_intent.urgent and write_intent.status = 'pending'),
            run_id = case when write_intent.run_id is null and write_intent.status = 'pending' then null else excluded.run_id end,
            created_at = excluded.created_at`,
  );
}

/** Ends open intents whose records have the desired values without our write. */
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
 * A place in the order of writing. Writes of one call are next to each other, and so are those that the
 * vendor locks together.
 */
export type IntentPlace = Pick<WriteIntent, 'object' | 'operation' | 'parent' | 'id'>;

const orderOf = sql`(${writeIntent.object}, ${writeIntent.operation}, coalesce(${writeIntent.parent}, ''), ${writeIntent.id})`;

/** The lane of an intent: a person's decision, a change in the CRM that arrived as a hint, or a run. */
export function laneOf({ urgent, runId }: Pick<WriteIntent, 'urgent' | 'runId'>): Lane {
  if (urgent) return 'interactive';
  return runId === null ? 'hint' : 'bulk';
}

/** True when no bulk job at the vendor writes the record. */
const notInBulkJob = sql`not exists (select 1 from ${bulkJob} where ${bulkJob.connectionId} = ${writeIntent.connectionId}
  and ${writeIntent.recordId} = any(${bulkJob.recordIds}))`;

const forPeople = eq(writeIntent.urgent, true);
/**
 * The intents that each lane may send: its own and those of earlier lanes. Records in a bulk job are left to
 * the lane that waits for these jobs.
 */
const sendableIn: Readonly<Record<Lane, SQL | undefined>> = {
  interactive: and(forPeople, notInBulkJob),
  hint: and(or(forPeople, isNull(writeIntent.runId)), notInBulkJob),
  bulk: undefined,
};

/** The pending intents of runs, in the order of writing, after a place in it. */
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
 * The pending intents that are sent first, except those in `except`: people's decisions, and after them those
 * of hints, unless the lane is `interactive`.
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
        sendableIn[lane === 'bulk' ? 'hint' : lane],
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
    .where(and(pendingOn(connectionId), sendableIn[lane]))
    .limit(1);
  return found.length > 0;
}

/** The pending intents of these records, by our ids. */
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

/** Reduces pending intents to the fields that the vendor accepted. */
export async function narrowIntents(
  db: Db,
  narrowed: readonly Pick<WriteIntent, 'id' | 'fields'>[],
): Promise<void> {
  if (narrowed.length === 0) return;
  await db.execute(sql`
    update write_intent w set fields = x.fields
    from jsonb_to_recordset(${JSON.stringify(narrowed)}::text::jsonb) as x(id uuid, fields jsonb)
    where w.id = x.id and w.status = 'pending'`);
}

/**
 * Stores dead letters for the refused fields of writes that are done. A record for which a newer write waits gets
 * none, because that write contains the fields.
 */
export async function addDeadLetters(db: Db, refused: readonly WriteIntent[]): Promise<void> {
  await bulkInsert(
    db,
    writeIntent,
    refused.map((intent) => ({ ...intent, status: 'dead' as const })),
    sql`on conflict (connection_id, object, record_id) where status in ('pending', 'dead') do nothing`,
  );
}

/** Marks intents as done. A newer intent of the same record has another id and stays pending. */
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

/** Turns intents into dead letters. The next plan of the record reopens them. */
export function deadLetterIntents(db: Db, dead: readonly FailedIntent[], at: Date): Promise<void> {
  return failIntents(db, dead, sql`status = 'dead', settled_at = ${at.toISOString()}`);
}

/** Stores the failure of intents that stay pending for the next attempt. */
export function recordFailedAttempts(db: Db, failed: readonly FailedIntent[]): Promise<void> {
  return failIntents(db, failed, sql`status = 'pending'`);
}

/** In one statement, because a vendor may refuse thousands at once. */
async function failIntents(db: Db, failed: readonly FailedIntent[], outcome: SQL): Promise<void> {
  if (failed.length === 0) return;
  await db.execute(sql`
    update write_intent w set ${outcome}, failure = x.failure, attempts = w.attempts + 1
    from jsonb_to_recordset(${JSON.stringify(failed)}::text::jsonb) as x(id uuid, failure jsonb)
    where w.id = x.id and w.status = 'pending'`);
}

/**
 * Deletes writes that ended before `before`, except the last one to each record, which pages show. Returns
 * their number.
 */
export async function deleteOldIntents(db: Db, before: Date): Promise<number> {
  const result = await db.execute(sql`
    delete from write_intent old
    where old.status in ('done', 'superseded') and old.settled_at < ${before.toISOString()}
      and exists (select 1 from write_intent newer where newer.record_id = old.record_id and newer.connection_id = old.connection_id
                  and newer.created_at > old.created_at and newer.status = 'done')`);
  return result.count;
}

/** Ends pending intents that will not be sent. */
export async function discardIntents(db: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(writeIntent)
    .set({ status: 'superseded', settledAt: at })
    .where(and(eq(writeIntent.status, 'pending'), isIn(writeIntent.id, ids)));
}

/** The intents among these that are still pending. A newer intent of the same record has another id. */
export async function stillPending(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: writeIntent.id })
    .from(writeIntent)
    .where(and(eq(writeIntent.status, 'pending'), isIn(writeIntent.id, ids)));
  return new Set(rows.map((row) => row.id));
}

/**
 * Makes dead letters pending again: all of a connection, or those of one object or one cause. Returns their
 * number.
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
