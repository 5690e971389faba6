import { eq, sql, type SQL } from 'drizzle-orm';
import { lockAllInTransaction, lockInTransaction, lockSharedInTransaction } from '#src/db/advisory-locks.ts';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { registration } from '#src/db/schema/channel.ts';
import { lifecycleTimer, registrationLifecycle, submissionKey } from '#src/db/schema/lifecycle.ts';
import type { LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';
import { waitingTimers } from '#src/domain/registrations/lifecycle/timers.ts';
import { createdBy, isSubmittedOutside } from './creator-store.ts';
import {
  registrationRow,
  storedLifecycle,
  type LifecycleRow,
  type LifecycleToSave,
} from './lifecycle-row.ts';

type Registration = typeof registration.$inferSelect;

/** Its lifecycle decides about a registration that has one, and the main job about the others. */
export const hasNoLifecycle = sql`not exists (select from registration_lifecycle l where l.registration_id = ${registration.id})`;
export const hasLifecycle = sql`exists (select from registration_lifecycle l where l.registration_id = ${registration.id})`;

export const isPresentWithoutLifecycle = sql`(not ${registration.deleted} and ${hasNoLifecycle})`;

/** The registrations among these that have a lifecycle. */
export async function registrationsWithLifecycle(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: registrationLifecycle.registrationId })
    .from(registrationLifecycle)
    .where(isIn(registrationLifecycle.registrationId, ids));
  return new Set(rows.map((row) => row.id));
}

/** The registrations that a step may change. */
export interface LifecycleScope {
  /** These registrations, and the others for their deals. */
  readonly ids?: readonly string[];
  /** All registrations for these deals. */
  readonly deals?: readonly string[];
  readonly partners?: readonly string[];
  readonly opportunities?: readonly string[];
  /** Those that wait for a person: the people who are asked may change. */
  readonly waiting?: boolean;
  /** Those with a timer that is due at this instant. */
  readonly dueBy: Date;
}

/**
 * Locks the registrations of a step and returns them in the order of their ids.
 *
 * A command locks its deals first, so that no registration is added to them meanwhile.
 */
export async function lockLifecycles(tx: Db, scope: LifecycleScope): Promise<readonly LifecycleRow[]> {
  await lockSharedInTransaction(tx, 'lifecycleChannel');
  const { ids = [], deals = [] } = scope;
  const known = [...(await dealsById(tx, ids)).values()];
  const all = [...new Set([...known, ...deals])].toSorted();
  await lockAllInTransaction(tx, 'registrationDeal', all);
  const inScope = sql.join(parts(scope, all), sql` union `);
  return tx
    .select({ lifecycle: registrationLifecycle, number: registration.number, createdBy })
    .from(registrationLifecycle)
    .innerJoin(registration, eq(registration.id, registrationLifecycle.registrationId))
    .where(sql`${registrationLifecycle.registrationId} in (${inScope})`)
    .orderBy(registrationLifecycle.registrationId)
    .for('update', { of: registrationLifecycle });
}

/** Excludes every other step, for news about people and partners. Before `lockLifecycles`. */
export async function lockChannel(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'lifecycleChannel');
}

function parts(scope: LifecycleScope, deals: readonly string[]): SQL[] {
  const { partners = [], opportunities = [], waiting = false, dueBy } = scope;
  const where = (condition: SQL): SQL =>
    sql`select registration_id from registration_lifecycle where ${condition}`;
  return [
    sql`select registration_id from lifecycle_timer where due_at <= ${dueBy.toISOString()}::timestamptz`,
    ...(deals.length === 0 ? [] : [where(isKeyIn(sql`deal`, deals, 'text'))]),
    ...(partners.length === 0 ? [] : [where(isKeyIn(sql`partner_id`, partners, 'uuid'))]),
    ...(opportunities.length === 0 ? [] : [where(isKeyIn(sql`opportunity_id`, opportunities, 'uuid'))]),
    ...(waiting ? [where(sql`state in ('in_review', 'appealed')`)] : []),
  ];
}

/** One registration without a lock; null when it has no lifecycle. */
export async function findLifecycle(db: Db, id: string): Promise<LifecycleRow | null> {
  const [row] = await db
    .select({ lifecycle: registrationLifecycle, number: registration.number, createdBy })
    .from(registrationLifecycle)
    .innerJoin(registration, eq(registration.id, registrationLifecycle.registrationId))
    .where(eq(registrationLifecycle.registrationId, id));
  return row ?? null;
}

/** The deals of those of these registrations that have a lifecycle, by id. */
export async function dealsById(tx: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: registrationLifecycle.registrationId, deal: registrationLifecycle.deal })
    .from(registrationLifecycle)
    .where(isIn(registrationLifecycle.registrationId, ids));
  return new Map(rows.map(({ id, deal }) => [id, deal]));
}

/**
 * Saves registrations as a step leaves them, with the timers that wait from now on.
 *
 * @throws AppError `bad_request` for a term that a column does not hold; check `invalidTerms` first
 */
export async function saveLifecycles(tx: Db, saved: readonly LifecycleToSave[], at: Date): Promise<void> {
  if (saved.length === 0) return;
  const registrations = saved.map((one) => one.registration);
  const rows = registrations.map((one) => registrationRow(one, at));
  const columns = Object.keys(rows[0] ?? {})
    .map((key) => registration[key as keyof (typeof rows)[number]].name)
    .filter((name) => !['id', 'number', 'submitted_at', 'received_at', 'merged_partner_id'].includes(name));
  // The CRM owns the date that was typed there.
  const inCrm = sql`(exists (select from link where kind = 'registration' and record_id = registration.id) and not ${isSubmittedOutside})`;
  await bulkInsert(
    tx,
    registration,
    rows,
    sql`on conflict (id) do update set ${setExcluded(...columns)},
      submitted_at = case when ${inCrm} then registration.submitted_at else excluded.submitted_at end,
      received_at = case when ${inCrm} or registration.submitted_at = excluded.submitted_at then registration.received_at else excluded.received_at end,
      merged_partner_id = case when registration.partner_id = excluded.partner_id then registration.merged_partner_id else registration.partner_id end`,
  );
  await nameDeciders(tx, registrations);
  await bulkInsert(
    tx,
    registrationLifecycle,
    saved.map((one) => storedLifecycle(one, at)),
    sql`on conflict (registration_id) do update set ${setExcluded('partner_id', 'opportunity_id', 'state', 'version', 'programme_id', 'terms', 'body', 'crm_fields', 'crm_opportunity_fields', 'crm_put_back', 'changed_at')}`,
  );
  await replaceTimers(tx, registrations, at);
}

/** Saves what the rules found about rivals; the decisions are the lifecycle's. */
export async function saveConflicts(
  tx: Db,
  found: readonly Pick<Registration, 'id' | 'conflictSummary' | 'conflictScore'>[],
): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ id, conflictSummary, conflictScore }) => ({
    id,
    conflictSummary,
    conflictScore,
  }));
  await tx.execute(sql`
    update registration r set conflict_summary = x."conflictSummary", conflict_score = x."conflictScore"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as x(id uuid, "conflictSummary" text, "conflictScore" integer)
    where r.id = x.id`);
}

/** Gives a registration the terms of a new submission, for a trial of the rules. */
export async function saveTermsAgain(
  tx: Db,
  id: string,
  values: Partial<Omit<Registration, 'id'>>,
): Promise<void> {
  await tx.update(registration).set(values).where(eq(registration.id, id));
}

/** The person who decided, where they sign in to Fairway. */
async function nameDeciders(tx: Db, registrations: readonly LifecycleRegistration[]): Promise<void> {
  const decided = registrations.map(({ id, lastDecider }) => ({ id, by: lastDecider }));
  await tx.execute(sql`
    update registration r set decided_by = (select p.id from person p where p.email = x.by)
    from jsonb_to_recordset(${JSON.stringify(decided)}::text::jsonb) as x(id uuid, by text)
    where r.id = x.id and r.decided_by is distinct from (select p.id from person p where p.email = x.by)`);
}

async function replaceTimers(
  tx: Db,
  registrations: readonly LifecycleRegistration[],
  at: Date,
): Promise<void> {
  const ids = registrations.map(({ id }) => id);
  await tx.delete(lifecycleTimer).where(isIn(lifecycleTimer.registrationId, ids));
  const timers = registrations.flatMap((one) => waitingTimers(one, Math.floor(at.getTime() / 1000)));
  await bulkInsert(
    tx,
    lifecycleTimer,
    timers.map(({ registration: registrationId, timer, at: due }) => ({
      registrationId,
      timer,
      dueAt: new Date(due * 1000),
    })),
  );
}

/**
 * The instant of the timer in this place, counted in the order in which they are due; null when fewer are due at
 * `by`.
 */
export async function dueTimerAt(db: Db, by: Date, place: number): Promise<Date | null> {
  const [row] = await db
    .select({ dueAt: lifecycleTimer.dueAt })
    .from(lifecycleTimer)
    .where(sql`${lifecycleTimer.dueAt} <= ${by.toISOString()}::timestamptz`)
    .orderBy(lifecycleTimer.dueAt, lifecycleTimer.registrationId)
    .offset(place - 1)
    .limit(1);
  return row?.dueAt ?? null;
}

/** The key by which a sender recognises a submission. */
export interface SubmissionKey {
  readonly sender: string;
  readonly key: string;
}

/** Those of these keys that their senders have used. */
export async function registrationsOfKeys(
  tx: Db,
  keys: readonly SubmissionKey[],
): Promise<readonly (typeof submissionKey.$inferSelect)[]> {
  if (keys.length === 0) return [];
  return tx
    .select()
    .from(submissionKey)
    .where(
      sql`(${submissionKey.sender}, ${submissionKey.key}) in (
        select sender, key from jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb) as x(sender text, key text))`,
    );
}

export async function saveSubmissionKeys(
  tx: Db,
  keys: readonly (typeof submissionKey.$inferInsert)[],
): Promise<void> {
  await bulkInsert(tx, submissionKey, keys);
}
