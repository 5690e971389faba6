/** Decisions that people made in a CRM. */
import type { CrmDecision } from '#connectors/contract/decisions.ts';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { link } from '#src/db/schema/connection.ts';
import { crmDecision } from '#src/db/schema/lifecycle.ts';

export type StoredDecision = typeof crmDecision.$inferSelect;

/** True when a registration of this CRM has a lifecycle: only those can be decided there. */
export async function hasLifecycles(db: Db, connectionId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from registration_lifecycle l
    where exists (select from link k where k.kind = 'registration' and k.record_id = l.registration_id and k.connection_id = ${connectionId})
    limit 1`);
  return rows.length > 0;
}

/** Adds the decisions that are new. */
export async function saveDecisions(
  db: Db,
  connectionId: string,
  decisions: readonly CrmDecision[],
): Promise<void> {
  const rows = decisions.map(({ registration: extId, madeAt, changedAt, ...decision }) => ({
    ...decision,
    connectionId,
    extId,
    madeAt: new Date(madeAt),
    changedAt: new Date(changedAt),
  }));
  await bulkInsert(db, crmDecision, rows, sql`on conflict do nothing`);
}

/** The latest change of a decision that was read; null before the first one. */
export async function lastDecisionChange(db: Db, connectionId: string): Promise<Date | null> {
  const [row] = await db
    .select({ at: sql<string | null>`max(${crmDecision.changedAt})` })
    .from(crmDecision)
    .where(eq(crmDecision.connectionId, connectionId));
  return row?.at ? new Date(row.at) : null;
}

export interface WaitingDecision {
  readonly key: string;
  readonly registrationId: string;
}

/** Those about registrations that have a lifecycle by now, in the order in which they were made. */
export async function waitingDecisions(db: Db, connectionId: string): Promise<readonly WaitingDecision[]> {
  return db.execute<{ key: string; registrationId: string }>(sql`
    select d.key, l.registration_id as "registrationId"
    from crm_decision d
    join link k on k.connection_id = d.connection_id and k.kind = 'registration' and k.ext_id = d.ext_id
    join registration_lifecycle l on l.registration_id = k.record_id
    join registration r on r.id = k.record_id and not r.deleted
    where d.connection_id = ${connectionId} and d.handled_at is null
    order by d.made_at, d.key`);
}

/** The vendor's ids of the registrations with a decision that waits. */
export async function recordsToDecide(db: Db, connectionId: string): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ extId: crmDecision.extId })
    .from(crmDecision)
    .where(and(eq(crmDecision.connectionId, connectionId), isNull(crmDecision.handledAt)));
  return rows.flatMap(({ extId }) => extId ?? []);
}

export interface UndecidableDecision {
  readonly key: string;
  /** The vendor's id of what it names. */
  readonly extId: string | null;
  /** Null when Fairway knows no such registration. */
  readonly registrationId: string | null;
  readonly deleted: boolean;
}

/**
 * Decisions that no lifecycle answers: about a registration that the rules decide without one, that waits for a value,
 * or that is deleted, and about something else. One that may not have been read yet has until `madeBefore`.
 */
export async function undecidableDecisions(
  db: Db,
  connectionId: string,
  madeBefore: Date,
): Promise<readonly UndecidableDecision[]> {
  return db.execute<UndecidableDecision & Record<string, unknown>>(sql`
    select d.key, d.ext_id as "extId", r.id as "registrationId", coalesce(r.deleted, false) as deleted
    from crm_decision d
    left join link k on k.connection_id = d.connection_id and k.kind = 'registration' and k.ext_id = d.ext_id
    left join registration r on r.id = k.record_id
    where d.connection_id = ${connectionId} and d.handled_at is null
      and (r.deleted or not exists (select from registration_lifecycle l where l.registration_id = r.id))
      and (d.ext_id is null or d.made_at <= ${madeBefore.toISOString()}::timestamptz or r.deleted or r.status <> 'submitted')
    order by d.made_at, d.key`);
}

/** Why the last decision about each of these registrations was refused, where there is no lifecycle that says so. */
export async function refusalsWithoutLifecycle(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.execute<{ id: string; outcome: string }>(sql`
    select distinct on (link.record_id) link.record_id as id, d.outcome
    from link join crm_decision d on d.connection_id = link.connection_id and d.ext_id = link.ext_id
    where link.kind = 'registration' and ${isIn(link.recordId, ids)} and d.outcome = 'no_lifecycle'
    order by link.record_id, d.handled_at desc`);
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/** Locks a decision; null when another process has handled it. */
export async function lockDecision(
  tx: Db,
  connectionId: string,
  key: string,
): Promise<StoredDecision | null> {
  const [row] = await tx
    .select()
    .from(crmDecision)
    .where(
      and(
        eq(crmDecision.connectionId, connectionId),
        eq(crmDecision.key, key),
        isNull(crmDecision.handledAt),
      ),
    )
    .for('update');
  return row ?? null;
}

/** @param outcome `accepted`, or the reason of the refusal */
export async function settleDecision(
  tx: Db,
  { connectionId, key }: Pick<StoredDecision, 'connectionId' | 'key'>,
  outcome: string,
  at: Date,
): Promise<void> {
  await tx
    .update(crmDecision)
    .set({ outcome, handledAt: at, text: null })
    .where(and(eq(crmDecision.connectionId, connectionId), eq(crmDecision.key, key)));
}

/** True when a decision waits or its fields are to be emptied: a job stopped in the middle. */
export async function hasOpenDecisions(db: Db, connectionId: string): Promise<boolean> {
  const waiting = await waitingDecisions(db, connectionId);
  return waiting.length > 0 || (await decisionsToClear(db, connectionId)).length > 0;
}

export interface DecisionToClear {
  readonly key: string;
  readonly extId: string;
}

/** Handled decisions whose fields in the CRM were not emptied yet. */
export async function decisionsToClear(db: Db, connectionId: string): Promise<readonly DecisionToClear[]> {
  const rows = await db
    .select({ key: crmDecision.key, extId: crmDecision.extId })
    .from(crmDecision)
    .where(
      and(
        eq(crmDecision.connectionId, connectionId),
        isNull(crmDecision.clearedAt),
        sql`${crmDecision.handledAt} is not null`,
      ),
    )
    .orderBy(asc(crmDecision.madeAt));
  return rows.flatMap(({ key, extId }) => (extId === null ? [] : [{ key, extId }]));
}

export async function markDecisionsCleared(
  db: Db,
  connectionId: string,
  keys: readonly string[],
  at: Date,
): Promise<void> {
  if (keys.length === 0) return;
  await db
    .update(crmDecision)
    .set({ clearedAt: at })
    .where(and(eq(crmDecision.connectionId, connectionId), isIn(crmDecision.key, keys)));
}

/** The name of the person of the channel with this e-mail address; null when there is none. */
export async function personWithEmail(tx: Db, email: string): Promise<string | null> {
  const [row] = await tx.execute<{ name: string }>(sql`
    select name from (select email as name from person union select name from lifecycle_person) p
    where lower(name) = lower(${email}) order by name limit 1`);
  return row?.name ?? null;
}

export interface ShownVersion {
  readonly connectionId: string;
  readonly registrationId: string;
  /** The vendor's name of the field with the version. */
  readonly field: string;
  readonly at: Date;
}

/**
 * The digest of what the rules had found in the last write to the record at an instant; null when Fairway had written
 * none, or a release that stored no digest did.
 */
export async function evidenceShownAt(
  tx: Db,
  { connectionId, registrationId, at }: Omit<ShownVersion, 'field'>,
): Promise<string | null> {
  const [row] = await tx.execute<{ evidence: string | null }>(sql`
    select evidence from write_intent
    where connection_id = ${connectionId} and record_id = ${registrationId} and kind = 'registration'
      and status = 'done' and settled_at <= ${at.toISOString()}::timestamptz
    order by settled_at desc, created_at desc, id desc limit 1`);
  return row?.evidence ?? null;
}

/** The version that Fairway had last written to the record at an instant; null when it had written none. */
export async function versionShownAt(
  tx: Db,
  { connectionId, registrationId, field, at }: ShownVersion,
): Promise<number | null> {
  const [row] = await tx.execute<{ version: string }>(sql`
    select fields ->> ${field}::text as version from write_intent
    where connection_id = ${connectionId} and record_id = ${registrationId} and kind = 'registration'
      and status = 'done' and jsonb_exists(fields, ${field}::text)
      and settled_at <= ${at.toISOString()}::timestamptz
    order by settled_at desc limit 1`);
  const version = Number(row?.version ?? Number.NaN);
  return Number.isInteger(version) ? version : null;
}
