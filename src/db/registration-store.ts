import type { RegistrationStatus } from '#src/domain/crm-schema.ts';
import { and, asc, eq, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { addExtra, bulkInsert, setExcluded } from './bulk.ts';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { conflictCase, partner, registration } from './schema/channel.ts';

export type Registration = typeof registration.$inferSelect;
export type ConflictCase = typeof conflictCase.$inferInsert;

/** What the CRM says of them; what Fairway decided stays. */
export async function saveRegistrations(db: Db, rows: readonly (typeof registration.$inferInsert)[]): Promise<void> {
  const set = setExcluded(
    ...[
      'number',
      'partner_id',
      'opportunity_id',
      'customer_name',
      'customer_domain',
      'customer_country',
      'contact_email',
      'product_family',
      'deal_type',
    ],
    ...['amount_minor', 'currency', 'expected_close', 'submitted_at', 'core', 'match_domain', 'match_country', 'deleted'],
  );
  await bulkInsert(db, registration, rows, sql`on conflict (id) do update set ${set}${addExtra(registration, rows)}`);
}

export async function markRegistrationsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(registration).set({ deleted: true }).where(isIn(registration.id, ids));
}

/** Held to the end of the transaction by whoever decides, rules or person. */
export async function lockDecisions(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(4700004)`);
}

export type Claim = Registration & { readonly partnerName: string };

/**
 * Everything the rules have to answer: new claims, and queued ones no person has taken up; of the queued ones only these, when given. In
 * order of precedence.
 */
export async function undecidedClaims(db: Db, queued?: readonly string[]): Promise<Claim[]> {
  const rows = await db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(
      and(
        eq(registration.deleted, false),
        or(
          eq(registration.status, 'submitted'),
          and(eq(registration.status, 'in_review'), isNull(registration.decidedBy), queued ? isIn(registration.id, queued) : undefined),
        ),
      ),
    )
    .orderBy(asc(registration.submittedAt), asc(registration.id));
  return rows.map((row) => ({ ...row.registration, partnerName: row.partnerName }));
}

export async function findClaim(db: Db, id: string): Promise<Claim | null> {
  const [row] = await db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(eq(registration.id, id))
    .for('update', { of: registration });
  return row ? { ...row.registration, partnerName: row.partnerName } : null;
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
}

export async function saveVerdicts(db: Db, verdicts: readonly Verdict[]): Promise<void> {
  await db.execute(sql`
    update registration r
    set status = x.status, reason = x.reason, decided_at = x."decidedAt", decided_by = x."decidedBy", protected_until = x."protectedUntil",
        conflict_summary = x."conflictSummary", conflict_score = x."conflictScore", program_version = x."programVersion"
    from jsonb_to_recordset(${JSON.stringify(verdicts)}::text::jsonb) as x(
      id uuid, status text, reason text, "decidedAt" timestamptz, "decidedBy" uuid, "protectedUntil" date,
      "conflictSummary" text, "conflictScore" integer, "programVersion" integer)
    where r.id = x.id`);
}

/** The case as known when it was decided; a later look replaces an open one. */
export async function saveCases(db: Db, cases: readonly ConflictCase[]): Promise<void> {
  await bulkInsert(
    db,
    conflictCase,
    cases,
    sql`on conflict (registration_id) do update set ${setExcluded('decision', 'model_version', 'normaliser_version', 'program_version', 'closed_at')}`,
  );
}

/** Those of these registrations that have a case already. */
export async function registrationsWithCase(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.select({ id: conflictCase.registrationId }).from(conflictCase).where(isIn(conflictCase.registrationId, ids));
  return new Set(rows.map((row) => row.id));
}

export async function closeCase(db: Db, registrationId: string, closedAt: Date | null): Promise<void> {
  await db.update(conflictCase).set({ closedAt }).where(eq(conflictCase.registrationId, registrationId));
}

export async function overdueRegistrations(db: Db, today: string): Promise<Registration[]> {
  return db
    .select()
    .from(registration)
    .where(and(eq(registration.status, 'approved'), lt(registration.protectedUntil, today)));
}

export interface RivalRow {
  readonly claim_id: string;
  readonly rival_id: string;
}

/** Names this alike are worth a close look; how alike they are is for the domain to say. */
const wideNet = { similarity: '0.45', wordSimilarity: '0.85' };

/**
 * Index conditions for names: alike; containing the claim's as words; or being the claim's first words ("Acme" for "Acme
 * Deutschland"), since trigram indexes look up containment one way only. Thresholds hold to the end of the transaction, and so does
 * the ban on sequential scans: fresh tables have no statistics yet, and the planner would compare every name with every other.
 */
async function castNet(tx: Db): Promise<void> {
  await tx.execute(sql`
    select set_config('pg_trgm.similarity_threshold', ${wideNet.similarity}, true),
           set_config('pg_trgm.word_similarity_threshold', ${wideNet.wordSimilarity}, true),
           set_config('enable_seqscan', 'off', true)`);
}

/** The claims in question, each with the leading parts of its name. */
const claims = (ids: readonly string[]): SQL => sql`
  select id, core, match_domain,
         array(select array_to_string((string_to_array(core, ' '))[1:n], ' ') from generate_series(1, cardinality(string_to_array(core, ' ')) - 1) n) as heads
  from registration where id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

/** Registrations that may be about the same customer as one of these. Call it in a transaction. */
export async function rivalRegistrations(tx: Db, ids: readonly string[]): Promise<RivalRow[]> {
  await castNet(tx);
  const rows = await tx.execute<{ claim_id: string; rival_id: string }>(sql`
    with claim as materialized (${claims(ids)}),
    candidate as (
      select c.id as claim_id, r.id as rival_id from claim c join registration r on r.match_domain = c.match_domain
      union
      select c.id, r.id from claim c join registration r on r.core % c.core or c.core <% r.core or r.core = any (c.heads)
    )
    select k.claim_id, k.rival_id from candidate k join registration r on r.id = k.rival_id
    where k.rival_id <> k.claim_id and not r.deleted and r.status not in ('rejected', 'expired', 'withdrawn')
    order by k.claim_id, k.rival_id`);
  return [...rows];
}

/** Records that changed, by our ids. */
export interface ChangedRecords {
  readonly accountIds: readonly string[];
  readonly opportunityIds: readonly string[];
  readonly registrationIds: readonly string[];
}

/**
 * Queued claims that these changes may decide differently: the changed ones themselves, those held up by one of them, and those whose
 * customer one of them now may be. Looked at from the other side the net above has small holes; the next full round has none. Call it in
 * a transaction.
 */
export async function claimsAffected(tx: Db, { accountIds, opportunityIds, registrationIds }: ChangedRecords): Promise<string[]> {
  await castNet(tx);
  const ids = (values: readonly string[]): SQL =>
    sql`select value::uuid from jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb)`;
  const rows = await tx.execute<{ id: string }>(sql`
    with queued as materialized (
      select id, core, match_domain from registration where status = 'in_review' and decided_by is null and not deleted
    ),
    changed_account as materialized (
      select id, core, match_domain from account
      where id in (${ids(accountIds)}) or id in (select account_id from opportunity where id in (${ids(opportunityIds)}))
    ),
    changed as materialized (
      select id from registration where id in (${ids(registrationIds)})
      union select id from opportunity where id in (${ids(opportunityIds)}) or account_id in (${ids(accountIds)})
    ),
    name as materialized (
      select distinct core, match_domain from (
        select core, match_domain from registration where id in (${ids(registrationIds)})
        union all select core, match_domain from changed_account) all_names
    )
    select q.id from queued q join changed c on c.id = q.id
    union
    select q.id from queued q join conflict_case k on k.registration_id = q.id
      cross join lateral jsonb_array_elements(k.decision -> 'findings') f
      join changed c on c.id = (f -> 'rival' ->> 'id')::uuid
    union
    select q.id from queued q join name n on q.match_domain = n.match_domain
      or strpos(' ' || n.core || ' ', ' ' || q.core || ' ') > 0 or strpos(' ' || q.core || ' ', ' ' || n.core || ' ') > 0
    union
    select q.id from name n join registration q on q.core % n.core
    where q.status = 'in_review' and q.decided_by is null and not q.deleted`);
  return rows.map((row) => row.id);
}

export interface RivalOpportunityRow {
  readonly claim_id: string;
  readonly id: string;
  readonly name: string;
  readonly stage: string | null;
  readonly opened_at: string | null;
  readonly account_name: string;
  readonly core: string;
  readonly match_domain: string | null;
  readonly country: string | null;
}

/** Open opportunities our own sales team works at what may be the same customer: those no registration is linked to. Call it in a transaction. */
export async function rivalOpportunities(tx: Db, ids: readonly string[]): Promise<RivalOpportunityRow[]> {
  await castNet(tx);
  const rows = await tx.execute<{ [K in keyof RivalOpportunityRow]: RivalOpportunityRow[K] }>(sql`
    with claim as materialized (${claims(ids)}),
    candidate as (
      select c.id as claim_id, a.id as account_id from claim c join account a on a.match_domain = c.match_domain
      union
      select c.id, a.id from claim c join account a on a.core % c.core or c.core <% a.core or a.core = any (c.heads)
    )
    select k.claim_id, o.id, o.name, o.stage, to_char(o.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as opened_at,
           a.name as account_name, a.core, a.match_domain, a.country
    from candidate k
    join account a on a.id = k.account_id and not a.deleted
    join opportunity o on o.account_id = a.id and not o.is_closed and not o.deleted
    where not exists (select 1 from registration r where r.opportunity_id = o.id and not r.deleted and r.status not in ('rejected', 'expired', 'withdrawn'))
    order by k.claim_id, o.id`);
  return [...rows];
}

export async function registrationsByIds(db: Db, ids: readonly string[]): Promise<Claim[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(isIn(registration.id, ids));
  return rows.map((row) => ({ ...row.registration, partnerName: row.partnerName }));
}

export async function countRegistrations(db: Db): Promise<Record<RegistrationStatus, number>> {
  const counts: Record<RegistrationStatus, number> = { submitted: 0, in_review: 0, approved: 0, rejected: 0, expired: 0, withdrawn: 0 };
  const rows = await db
    .select({ status: registration.status, count: sql<string>`count(*)` })
    .from(registration)
    .where(eq(registration.deleted, false))
    .groupBy(registration.status);
  for (const row of rows) counts[row.status] = Number(row.count);
  return counts;
}

/** Registrations that a competing claim blocked or sent to a person. */
export async function countConflicts(db: Db): Promise<number> {
  return db.$count(conflictCase, sql`${conflictCase.decision} -> 'findings' @? '$[*] ? (@.effect != "note")'`);
}
