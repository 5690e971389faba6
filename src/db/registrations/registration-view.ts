import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import type { DeferredMove } from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import type { Db } from '#src/db/client.ts';
import { account, conflictCase, opportunity, partner, registration } from '#src/db/schema/channel.ts';
import { registrationLifecycle } from '#src/db/schema/lifecycle.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { answerFromColumn, precedenceColumn } from './registration-store.ts';
import { person } from '#src/db/schema/people.ts';

/** When the answer to a registration without a lifecycle is due. `answerDueAt` in the domain is the same. */
export function usualDueAt(from: SQL): SQL<Date> {
  const utc = sql`(${from} at time zone 'UTC')`;
  const counted = sql`(case when extract(isodow from ${utc}) >= 6 then date_trunc('week', ${utc}) + interval '7 days' else ${utc} end)`;
  return sql`((${counted} + case when extract(isodow from ${counted}) >= 4 then interval '4 days' else interval '2 days' end) at time zone 'UTC')`;
}

/** When the answer is due; null while the clock of its lifecycle is paused or stopped. */
const dueColumn = sql`case when ${registrationLifecycle.registrationId} is null then ${usualDueAt(answerFromColumn)}
  else (${registrationLifecycle.crmFields} ->> 'decisionDue')::timestamptz end`;

/** Without an answer: not decided yet, or decided and appealed. */
const waiting = sql`(${registration.status} in ('submitted', 'in_review') or ${registrationLifecycle.state} = 'appealed')`;

/** The orders of the queue. The id decides between equal keys, so that a page ends at exactly one place. */
const orders = {
  due: {
    key: sql`coalesce(case when ${waiting} then ${dueColumn} end, '9999-12-31 00:00:00+00')`,
    type: 'timestamptz',
    ascending: true,
  },
  oldest: { key: precedenceColumn, type: 'timestamptz', ascending: true },
  newest: { key: precedenceColumn, type: 'timestamptz', ascending: false },
  score: { key: sql`coalesce(${registration.conflictScore}, -1)`, type: 'integer', ascending: false },
} as const;
export type RegistrationOrder = keyof typeof orders;
export const registrationOrders = Object.keys(orders) as [RegistrationOrder, ...RegistrationOrder[]];

/** The last row of a page: its order key as PostgreSQL wrote it, so that no precision is lost, and its id. */
export interface RegistrationCursor {
  readonly key: string;
  readonly id: string;
}

export interface RegistrationQuery {
  /** `waiting`: a person or the rules have to answer it. Null for every status. */
  readonly status: RegistrationStatus | 'waiting' | null;
  /** A part of a number, a partner, a customer or a domain. */
  readonly search: string | null;
  /** Only those that wait for this person's decision, by e-mail address. Null for all. */
  readonly decider: string | null;
  /** Only those whose answer was due before this instant and is missing. Null for all. */
  readonly lateAt: Date | null;
}

export interface RegistrationPageQuery extends RegistrationQuery {
  readonly order: RegistrationOrder;
  readonly after: RegistrationCursor | null;
  readonly limit: number;
}

/** The state of a registration that the steps of its programme decide, and who is asked until when. */
const byLifecycle = {
  state: sql<LifecycleState | null>`${registrationLifecycle.state}`,
  /** Null when no person is asked. */
  nextDecider: sql<string | null>`${registrationLifecycle.crmFields} ->> 'nextDecider'`,
  /** Null while the clock is paused or stopped. */
  decisionDue: sql`(${registrationLifecycle.crmFields} ->> 'decisionDue')::timestamptz`.mapWith(
    registrationLifecycle.changedAt,
  ) as SQL<Date | null>,
};

const listed = {
  id: registration.id,
  number: registration.number,
  partnerName: partner.name,
  customerName: registration.customerName,
  customerDomain: registration.customerDomain,
  amountMinor: registration.amountMinor,
  currency: registration.currency,
  submittedAt: registration.submittedAt,
  precedenceAt: precedenceColumn.mapWith(registration.submittedAt),
  answerFrom: answerFromColumn.mapWith(registration.submittedAt),
  status: registration.status,
  conflictScore: registration.conflictScore,
  conflictSummary: registration.conflictSummary,
  protectedUntil: registration.protectedUntil,
  ...byLifecycle,
  /** A decision that its author can still undo; null when none waits. */
  deferred: sql<DeferredMove | null>`nullif(${registrationLifecycle.body} -> 'deferred', 'null')`,
  /** True when the last decision was refused after the time to undo it. */
  notApplied: sql<boolean>`coalesce(${registrationLifecycle.body} -> 'notApplied' <> 'null', false)`,
  /** Of its lifecycle; null without one. */
  version: registrationLifecycle.version,
};

export async function listRegistrations(db: Db, query: RegistrationPageQuery) {
  const { key, type, ascending } = orders[query.order];
  const direction = sql.raw(ascending ? 'asc' : 'desc');
  const rows = await db
    .select({ ...listed, cursorKey: sql<string>`(${key})::text` })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .leftJoin(registrationLifecycle, eq(registrationLifecycle.registrationId, registration.id))
    .where(
      and(
        ...conditionsOf(query),
        query.after
          ? sql`(${key}, ${registration.id}) ${sql.raw(ascending ? '>' : '<')} (${query.after.key}::${sql.raw(type)}, ${query.after.id}::uuid)`
          : undefined,
      ),
    )
    .orderBy(sql`${key} ${direction}, ${registration.id} ${direction}`)
    .limit(query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page,
    next: rows.length > query.limit && last ? { key: last.cursorKey, id: last.id } : null,
  };
}

function conditionsOf({ status, search, decider, lateAt }: RegistrationQuery): readonly (SQL | undefined)[] {
  return [
    eq(registration.deleted, false),
    statusCondition(status),
    search ? matching(search) : undefined,
    decider === null
      ? undefined
      : sql`(${waiting} and ${decider} = any (string_to_array(${byLifecycle.nextDecider}, ', ')))`,
    lateAt === null ? undefined : isLate(lateAt),
  ];
}

function isLate(now: Date): SQL {
  return sql`(${waiting} and ${dueColumn} < ${now.toISOString()}::timestamptz)`;
}

function statusCondition(status: RegistrationQuery['status']): SQL | undefined {
  if (status === null) return undefined;
  return status === 'waiting' ? waiting : eq(registration.status, status);
}

function matching(search: string): SQL {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${registration.number} ilike ${pattern} or ${registration.customerName} ilike ${pattern}
    or ${registration.customerDomain} ilike ${pattern} or ${partner.name} ilike ${pattern})`;
}

/** The number of registrations that wait for an answer, from when the oldest of them counts, and how many are late. */
export async function waitingRegistrations(db: Db, now: Date) {
  const [row] = await db
    .select({
      count: count(),
      oldest: sql<string | null>`min(${answerFromColumn})`,
      late: sql<number>`count(*) filter (where ${isLate(now)})::int`,
    })
    .from(registration)
    .leftJoin(registrationLifecycle, eq(registrationLifecycle.registrationId, registration.id))
    .where(and(eq(registration.deleted, false), waiting));
  return {
    count: row?.count ?? 0,
    oldestAt: row?.oldest ? new Date(row.oldest) : null,
    late: row?.late ?? 0,
  };
}

export async function findRegistration(db: Db, id: string) {
  const [found] = await db
    .select({
      registration,
      partnerName: partner.name,
      decidedByName: person.name,
      ...byLifecycle,
      opportunity,
      customer: account,
      conflictCase,
    })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .leftJoin(opportunity, eq(opportunity.id, registration.opportunityId))
    .leftJoin(account, eq(account.id, opportunity.accountId))
    .leftJoin(person, eq(person.id, registration.decidedBy))
    .leftJoin(conflictCase, eq(conflictCase.registrationId, registration.id))
    .leftJoin(registrationLifecycle, eq(registrationLifecycle.registrationId, registration.id))
    .where(eq(registration.id, id));
  if (!found) return null;
  const rivalIds = found.conflictCase?.decision.findings.flatMap(({ rival }) => rival?.id ?? []) ?? [];
  return { ...found, rivalStates: await rivalStates(db, [...new Set(rivalIds)]) };
}

/** The state of a rival now, which may be another one than at the time of the decision that names it. */
export interface RivalState {
  readonly id: string;
  /** `DR-2026-0007 by Northwind` or the name of an opportunity. */
  readonly name: string;
  /** The status of a registration, or the stage of an opportunity. */
  readonly state: string | null;
  readonly protectedUntil: string | null;
  /** The person who decided a registration. */
  readonly decidedBy: string | null;
  /** `YYYY-MM-DD` */
  readonly decidedOn: string | null;
}

async function rivalStates(db: Db, ids: readonly string[]): Promise<readonly RivalState[]> {
  if (ids.length === 0) return [];
  const rows = await db.execute<{ [K in keyof RivalState]: RivalState[K] }>(sql`
    select r.id, r.number || ' by ' || p.name as name, r.status as state, r.protected_until::text as "protectedUntil",
           d.name as "decidedBy", (r.decided_at at time zone 'UTC')::date::text as "decidedOn"
    from registration r join partner p on p.id = r.partner_id left join person d on d.id = r.decided_by
    where ${isKeyIn(sql`r.id`, ids, 'uuid')}
    union all
    select o.id, o.name, o.stage, null, null, null from opportunity o where ${isKeyIn(sql`o.id`, ids, 'uuid')}
    order by 1`);
  return [...rows];
}
