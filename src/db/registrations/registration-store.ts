import type { ApprovedTerms, EditedTerms } from '#src/domain/registrations/protected-terms.ts';
import type { DealOutcome, LinkedOpportunity, Rejection } from '#src/domain/registrations/registration.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { and, asc, eq, inArray, isNotNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { mergeExtra, bulkInsert, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { isSubmittedOutside } from './lifecycle/creator-store.ts';
import { hasLifecycle, hasNoLifecycle, isPresentWithoutLifecycle } from './lifecycle/lifecycle-store.ts';
import { partner, registration } from '#src/db/schema/channel.ts';

export type Registration = typeof registration.$inferSelect;

/**
 * Saves the values from the CRM. Fairway's decisions are not changed.
 *
 * @param preserved columns that are not changed in existing rows
 */
export async function saveRegistrations(
  db: Db,
  rows: readonly (typeof registration.$inferInsert)[],
  preserved?: ReadonlySet<string>,
): Promise<void> {
  const columns = [
    'number',
    'partner_id',
    ...(preserved?.has('opportunity_id') === true ? [] : ['named_opportunity_id']),
    'customer_name',
    'customer_domain',
    'customer_country',
    'contact_email',
    'product_family',
    'deal_type',
    'amount_minor',
    'currency',
    'expected_close',
    'core',
    'match_domain',
    'match_country',
    'deleted',
  ];
  const set = setExcludedExcept(columns, preserved);
  const isOpportunityPreserved = preserved?.has('opportunity_id') === true ? sql`true` : hasLifecycle;
  const isDatePreserved = preserved?.has('submitted_at') === true ? sql`true` : isSubmittedOutside;
  await bulkInsert(
    db,
    registration,
    rows,
    // If two CRMs hold one registration, the one that created it first decides precedence. The record of one that was
    // submitted outside the CRMs is younger than the registration.
    sql`on conflict (id) do update set ${set},
      opportunity_id = case when ${isOpportunityPreserved} then registration.opportunity_id else excluded.opportunity_id end,
      submitted_at = case when ${isDatePreserved} then registration.submitted_at else excluded.submitted_at end,
      created_at = case when ${isSubmittedOutside} then registration.created_at else least(registration.created_at, excluded.created_at) end${mergeExtra(registration, rows)}`,
  );
}

/** The instant from which the response deadline counts: the edit that waits for an answer, or the submission. */
export const answerFromColumn = sql<Date>`coalesce(case when ${registration.editedTerms} ->> 'state' = 'waiting' then (${registration.editedTerms} ->> 'since')::timestamptz end, ${registration.termsSince}, least(${registration.confirmedSubmittedAt}, coalesce(${registration.createdAt}, ${registration.receivedAt})), ${registration.submittedAt})`;

/** The instant from which precedence counts. `precedenceAt` in the domain is the same for a loaded row. */
export const precedenceColumn = sql<Date>`coalesce(${registration.termsSince}, least(${registration.confirmedSubmittedAt}, coalesce(${registration.createdAt}, ${registration.receivedAt})), ${registration.submittedAt})`;

export async function markRegistrationsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(registration).set({ deleted: true }).where(isIn(registration.id, ids));
}

/** Locks all decisions to the end of the transaction, for the rules as for people. */
export async function lockDecisions(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'decisions');
}

export type StoredRegistration = Registration & { readonly partnerName: string };

/** Selects registrations with the names of their partners; `storedOf` makes one record of a row. */
export function selectStored(db: Db) {
  return db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId));
}

export function storedOf(row: {
  readonly registration: Registration;
  readonly partnerName: string;
}): StoredRegistration {
  return { ...row.registration, partnerName: row.partnerName };
}

/**
 * All registrations that wait for a decision, in order of precedence: new ones, those that wait for information, and
 * those in review. The rules leave the status of one that a person has reopened to people, and that of one with a
 * lifecycle to it, but their evidence is evaluated again.
 *
 * @param queued the registrations in review to include; all when it is left out
 * @param isNew false to leave out new ones
 */
export async function registrationsToEvaluate(
  db: Db,
  queued?: readonly string[],
  isNew = true,
): Promise<StoredRegistration[]> {
  const rows = await selectStored(db)
    .where(
      and(
        eq(registration.deleted, false),
        or(
          isNew ? and(eq(registration.status, 'submitted'), hasNoLifecycle) : undefined,
          and(
            inArray(registration.status, ['information_needed', 'in_review']),
            queued ? isIn(registration.id, queued) : undefined,
          ),
        ),
      ),
    )
    .orderBy(asc(precedenceColumn), asc(registration.id));
  return rows.map(storedOf);
}

export async function findRegistrationToReview(db: Db, id: string): Promise<StoredRegistration | null> {
  const [row] = await selectStored(db).where(eq(registration.id, id)).for('update', { of: registration });
  return row ? storedOf(row) : null;
}

/** Stores the typed date that a person has confirmed. */
export async function confirmSubmittedAt(db: Db, id: string, submittedAt: Date): Promise<void> {
  await db.update(registration).set({ confirmedSubmittedAt: submittedAt }).where(eq(registration.id, id));
}

/** Stores since when registrations have their present terms. */
export async function saveTermsSince(
  db: Db,
  since: readonly { readonly id: string; readonly termsSince: Date | null }[],
): Promise<void> {
  for (const { id, termsSince } of since)
    await db.update(registration).set({ termsSince }).where(eq(registration.id, id));
}

/** When the CRM last changed these registrations, by our ids. Absent for those that are in no CRM. */
export async function changedInCrmAt(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (ids.length === 0) return new Map();
  const rows = await db.execute<{ id: string; at: string }>(sql`
    select l.record_id as id, max(r.modified_at)::text as at
    from link l join remote_record r on (r.connection_id, r.object, r.ext_id) = (l.connection_id, l.object, l.ext_id)
    where l.kind = 'registration' and ${isKeyIn(sql`l.record_id`, ids, 'uuid')} group by 1`);
  return new Map(rows.map(({ id, at }) => [id, new Date(at)]));
}

export interface Verdict {
  readonly id: string;
  readonly status: RegistrationStatus;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly protectedUntil: string | null;
  readonly conflictSummary: string | null;
  readonly conflictScore: number | null;
  readonly programVersion: number;
  /** Only of an approved registration, and of one whose edit waits for a person. */
  readonly approvedTerms?: ApprovedTerms | null;
  readonly editedTerms?: EditedTerms | null;
}

export async function saveVerdicts(db: Db, verdicts: readonly Verdict[]): Promise<void> {
  await db.execute(sql`
    update registration r
    set status = x.status, reason = x.reason, decided_at = x."decidedAt", decided_by = x."decidedBy", protected_until = x."protectedUntil",
        conflict_summary = x."conflictSummary", conflict_score = x."conflictScore", program_version = x."programVersion",
        approved_terms = x."approvedTerms", edited_terms = x."editedTerms"
    from jsonb_to_recordset(${JSON.stringify(verdicts)}::text::jsonb) as x(
      id uuid, status text, reason text, "decidedAt" timestamptz, "decidedBy" uuid, "protectedUntil" date,
      "conflictSummary" text, "conflictScore" integer, "programVersion" integer,
      "approvedTerms" jsonb, "editedTerms" jsonb)
    where r.id = x.id`);
}

/**
 * Approved registrations, and those with an edit that waits for a person, whose values are no longer the approved
 * ones, or whose edit may have been undone. Partners that were merged have the id of the surviving one.
 *
 * @param ids the registrations to look at; all when it is left out
 */
export async function editedRegistrations(db: Db, ids?: readonly string[]): Promise<StoredRegistration[]> {
  const living = sql`(select coalesce(p.merged_into, p.id) from partner p where p.id = (${registration.approvedTerms} ->> 'partnerId')::uuid)`;
  const now = sql`(${registration.customerName}, ${registration.customerDomain}, ${registration.customerCountry}, ${registration.productFamily}, ${registration.dealType}, ${registration.amountMinor}::text, ${registration.currency}, ${registration.partnerId})`;
  const fields = [
    'customerName',
    'customerDomain',
    'customerCountry',
    'productFamily',
    'dealType',
    'amountMinor',
    'currency',
  ];
  const approved = sql.join(
    fields.map((field) => sql`${registration.approvedTerms} ->> ${field}::text`),
    sql`, `,
  );
  const rows = await db
    .select({ registration, partnerName: partner.name, approvedPartnerId: sql<string>`${living}` })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(
      and(
        isPresentWithoutLifecycle,
        isNotNull(registration.approvedTerms),
        inArray(registration.status, ['approved', 'in_review']),
        ids ? isIn(registration.id, ids) : undefined,
        or(isNotNull(registration.editedTerms), sql`${now} is distinct from (${approved}, ${living})`),
      ),
    )
    .orderBy(asc(precedenceColumn), asc(registration.id));
  return rows.map(({ registration: row, partnerName, approvedPartnerId }) => ({
    ...row,
    partnerName,
    approvedTerms: row.approvedTerms && { ...row.approvedTerms, partnerId: approvedPartnerId },
  }));
}

export async function overdueRegistrations(db: Db, today: string): Promise<Registration[]> {
  return db
    .select()
    .from(registration)
    .where(and(eq(registration.status, 'approved'), lt(registration.protectedUntil, today), hasNoLifecycle));
}

/** Changed records, by our ids. */
export interface ChangedRecords {
  readonly accountIds: readonly string[];
  readonly opportunityIds: readonly string[];
  readonly registrationIds: readonly string[];
  readonly leadIds?: readonly string[];
}

/**
 * Registrations in review that these changes may concern: the changed ones, those of a partner whose account
 * changed, and those that a changed record blocks. `subjectIds` are the records for which matching must find
 * out whose customer they may be now.
 */
export async function registrationsBlockedBy(
  tx: Db,
  { accountIds, opportunityIds, registrationIds, leadIds = [] }: ChangedRecords,
): Promise<{
  readonly registrationIds: readonly string[];
  readonly subjectIds: readonly string[];
  /** Without registrations that are linked to no opportunity. */
  readonly dealSubjectIds: readonly string[];
}> {
  const ids = (values: readonly string[]): SQL =>
    sql`select value::uuid from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb)`;
  const rows = await tx.execute<{ id: string }>(sql`
    with queued as materialized (select id, partner_id from registration where status in ('information_needed', 'in_review') and not deleted),
    changed as materialized (
      select id from registration where id in (${ids(registrationIds)})
      union select id from opportunity where id in (${ids(opportunityIds)}) or account_id in (${ids(accountIds)})
      union select id from lead where id in (${ids(leadIds)}) or account_id in (${ids(accountIds)})
    )
    select q.id from queued q join changed c on c.id = q.id
    union
    select q.id from queued q join partner p on p.id = q.partner_id where p.account_id in (${ids(accountIds)})
    union
    select q.id from queued q join conflict_case k on k.registration_id = q.id
      cross join lateral jsonb_array_elements(k.decision -> 'findings') f
      join changed c on c.id = (f -> 'rival' ->> 'id')::uuid`);
  const customers = await tx.execute<{ id: string }>(
    sql`select account_id as id from opportunity where id in (${ids(opportunityIds)}) and account_id is not null
        union select account_id from lead where id in (${ids(leadIds)}) and account_id is not null`,
  );
  const linked = await tx.execute<{ id: string }>(
    sql`select id from registration where id in (${ids(registrationIds)}) and opportunity_id is not null`,
  );
  const others = [...accountIds, ...leadIds, ...customers.map(({ id }) => id)];
  return {
    registrationIds: rows.map(({ id }) => id),
    subjectIds: [...new Set([...others, ...registrationIds])],
    dealSubjectIds: [...new Set([...others, ...linked.map(({ id }) => id)])],
  };
}

export interface SalesOpportunity {
  readonly accountId: string;
  readonly id: string;
  readonly name: string;
  readonly accountName: string;
  readonly stage: string | null;
  readonly productFamily: string | null;
  readonly openedAt: string | null;
  readonly outcome: DealOutcome;
  /** The later of the close date and the day on which Fairway saw it closed. Null while it is open. */
  readonly closedOn: string | null;
  /** Active registrations that are linked to it and were submitted before it was opened. */
  readonly linkedBy: readonly string[];
}

/**
 * Opportunities with these accounts that are open, or were closed on `since` (`YYYY-MM-DD`) or later. A linked
 * one is a partner's deal if its account is the customer of the registration, which the caller must compare.
 */
export async function opportunitiesOf(
  tx: Db,
  accountIds: readonly string[],
  since: string,
): Promise<SalesOpportunity[]> {
  if (accountIds.length === 0) return [];
  const closedOn = sql`greatest(o.close_date, o.closed_seen_on)`;
  const rows = await tx.execute<{ [K in keyof SalesOpportunity]: SalesOpportunity[K] }>(sql`
    select a.id as "accountId", o.id, o.name, a.name as "accountName", o.stage, o.product_family as "productFamily",
           ${instantText(sql`o.opened_at`)} as "openedAt", ${outcomeOf} as outcome,
           case when o.is_closed then ${closedOn}::text end as "closedOn",
           to_jsonb(array(select r.id from registration r where r.opportunity_id = o.id and not r.deleted
             and r.status not in ('rejected', 'expired', 'withdrawn') and r.submitted_at <= o.opened_at order by r.id)) as "linkedBy"
    from account a join opportunity o on o.account_id = a.id and not o.deleted
    where ${isKeyIn(sql`a.id`, accountIds, 'uuid')} and not a.deleted and (not o.is_closed or ${closedOn} >= ${since}::date)
    order by o.id`);
  return [...rows];
}

export type LinkedRow = Omit<LinkedOpportunity, 'customer'> & { readonly accountId: string | null };

/** These opportunities with their accounts, by id. A deleted one is left out. */
export async function linkedOpportunities(
  tx: Db,
  opportunityIds: readonly string[],
): Promise<ReadonlyMap<string, LinkedRow>> {
  if (opportunityIds.length === 0) return new Map();
  const rows = await tx.execute<{ [K in keyof LinkedRow]: LinkedRow[K] }>(sql`
    select o.id, o.name, a.id as "accountId", a.name as "accountName", o.stage, ${outcomeOf} as outcome,
           ${instantText(sql`o.opened_at`)} as "openedAt"
    from opportunity o left join account a on a.id = o.account_id and not a.deleted
    where ${isKeyIn(sql`o.id`, opportunityIds, 'uuid')} and not o.deleted`);
  return new Map(rows.map((row) => [row.id, row]));
}

const outcomeOf = sql`case when o.is_won then 'won' when o.is_closed then 'lost' else 'open' end`;

const instantText = (column: SQL): SQL =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export async function registrationsByIds(db: Db, ids: readonly string[]): Promise<StoredRegistration[]> {
  if (ids.length === 0) return [];
  const rows = await selectStored(db).where(isIn(registration.id, ids));
  return rows.map(storedOf);
}

/** Those of these registrations that a person has rejected, by id. */
export async function rejectionsOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Rejection>> {
  if (ids.length === 0) return new Map();
  const rows = await db.execute<{ id: string } & { [K in keyof Rejection]: Rejection[K] }>(sql`
    select r.id, p.name as by, (r.decided_at at time zone 'UTC')::date::text as on, coalesce(r.reason, '') as reason
    from registration r join person p on p.id = r.decided_by
    where ${isKeyIn(sql`r.id`, ids, 'uuid')} and r.status = 'rejected' and r.decided_at is not null`);
  return new Map(rows.map(({ id, ...rejection }) => [id, rejection]));
}

export async function countRegistrations(db: Db): Promise<Record<RegistrationStatus, number>> {
  const counts: Record<RegistrationStatus, number> = {
    submitted: 0,
    information_needed: 0,
    in_review: 0,
    approved: 0,
    rejected: 0,
    expired: 0,
    withdrawn: 0,
  };
  const rows = await db
    .select({ status: registration.status, count: sql<string>`count(*)` })
    .from(registration)
    .where(eq(registration.deleted, false))
    .groupBy(registration.status);
  for (const row of rows) counts[row.status] = Number(row.count);
  return counts;
}
