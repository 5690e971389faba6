import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import type { EarlierDecision, RegistrationHistory } from '#src/domain/analytics/promises.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';

export interface PeriodToRead {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  /** Null for all partners. */
  readonly partnerId: string | null;
}

export interface StoredHistory extends Omit<RegistrationHistory, 'pauses' | 'programmes'> {
  /** `to` is null for a pause that has not ended. */
  readonly pauses: readonly { readonly from: number; readonly to: number | null }[];
}

/** A clock that started before the end of the period, and ran or was due in it. */
export async function lifecycleHistories(
  db: Db,
  { from, to, partnerId }: PeriodToRead,
): Promise<readonly StoredHistory[]> {
  return db.execute<{ [K in keyof StoredHistory]: StoredHistory[K] }>(sql`
    select r.id as "registrationId", r.number, p.id as "partnerId", p.name as "partnerName",
      r.conflict_summary is not null as "hasConflict", l.body -> 'decisionClock' -> 'pauses' as pauses,
      (select jsonb_agg(jsonb_build_object('at', floor(extract(epoch from e.at))::bigint, 'move', e.move,
         'programVersion', e.program_version, 'before', ${content(sql`e.before`)}, 'after', ${content(sql`e.after`)}) order by e.id)
       from registration_event e where e.registration_id = r.id) as events
    from registration_lifecycle l join registration r on r.id = l.registration_id join partner p on p.id = r.partner_id
    where not r.deleted and ${ofPartner(partnerId)}
      and exists (select from registration_event e where e.registration_id = r.id and e.at < ${to.toISOString()}::timestamptz)
      and (l.changed_at >= ${from.toISOString()}::timestamptz - ${longestPromise}
        or l.state in ('submitted', 'in_review', 'info_requested', 'appealed'))
    order by r.id`);
}

/** A promise that was answered early is due at most this much later. */
const longestPromise = sql`interval '400 days'`;

const ofPartner = (partnerId: string | null): SQL =>
  partnerId === null ? sql`true` : sql`p.id = ${partnerId}`;

/** The part of an event that metrics use. */
function content(column: SQL): SQL {
  return sql`case when ${column} is null then null else jsonb_build_object('state', ${column} -> 'state', 'reasonCode', ${column} -> 'reasonCode',
    'lastDecider', ${column} -> 'lastDecider', 'decisionClock', ${column} -> 'decisionClock', 'appealClock', ${column} -> 'appealClock') end`;
}

/** Registrations without a lifecycle that were submitted or decided in the period, or due in it, or are open. */
export async function earlierDecisions(
  db: Db,
  { from, to, partnerId }: PeriodToRead,
): Promise<readonly EarlierDecision[]> {
  const rows = await db.execute<
    Omit<EarlierDecision, 'submittedAt' | 'decidedAt'> & {
      readonly submittedAt: string;
      readonly decidedAt: string | null;
    }
  >(sql`
    select r.id as "registrationId", r.number, p.id as "partnerId", p.name as "partnerName",
      r.submitted_at as "submittedAt", r.decided_at as "decidedAt", r.status = 'withdrawn' as "isWithdrawn",
      case when r.decided_at is null then null when r.status in ('approved', 'expired') then 'approved'
        when r.status = 'rejected' then 'rejected' end as outcome,
      r.decided_by is not null as "isByPerson", r.conflict_summary is not null as "hasConflict"
    from registration r join partner p on p.id = r.partner_id
    where not r.deleted and ${ofPartner(partnerId)} and r.submitted_at < ${to.toISOString()}::timestamptz
      and not exists (select from registration_lifecycle l where l.registration_id = r.id)
      and (r.decided_at is null or r.decided_at >= ${from.toISOString()}::timestamptz - interval '7 days'
        or r.submitted_at >= ${from.toISOString()}::timestamptz - interval '7 days')
    order by r.id`);
  return rows.map((row) => ({
    ...row,
    submittedAt: new Date(row.submittedAt),
    decidedAt: row.decidedAt === null ? null : new Date(row.decidedAt),
  }));
}

/** Settings of each version of the programme. Those of one version differ by deal, but not in calendars and targets. */
export async function programmesByVersion(db: Db): Promise<ReadonlyMap<number, LifecycleProgramme>> {
  const rows = await db.execute<{ version: number; body: LifecycleProgramme }>(
    sql`select distinct on (version) version, body from lifecycle_programme order by version, id desc`,
  );
  return new Map(rows.map(({ version, body }) => [version, body]));
}
