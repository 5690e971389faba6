import { isNull, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { automaticStop } from '#src/db/schema/program.ts';

export type StoredAutomaticStop = typeof automaticStop.$inferSelect;

/** So that two transactions neither stop it twice nor miss each other's overturned approvals. */
export async function lockAutomaticStop(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'automaticApproval');
}

/** The stop that no admin has ended; null when the rules may approve. */
export async function openAutomaticStop(db: Db): Promise<StoredAutomaticStop | null> {
  const [row] = await db.select().from(automaticStop).where(isNull(automaticStop.resumedAt));
  return row ?? null;
}

export async function insertAutomaticStop(tx: Db, row: typeof automaticStop.$inferInsert): Promise<void> {
  await tx.insert(automaticStop).values(row);
}

/** Ends the stop. Null when there is none. Later, only approvals after this instant are counted. */
export async function resumeAutomaticStop(
  tx: Db,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<StoredAutomaticStop | null> {
  const [row] = await tx
    .update(automaticStop)
    .set({
      resumedAt: at,
      resumedBy: by,
      countedAfter: sql`(select coalesce(max(id), 0) from registration_event)`,
    })
    .where(isNull(automaticStop.resumedAt))
    .returning();
  return row ?? null;
}

/**
 * The newest automatic approvals since it was last switched on again, and how many of them were taken back: reopened,
 * or superseded after an appeal. A new submission of the registration is another case. `reversedAt` in
 * `src/domain/analytics/promises.ts` has the same definition.
 */
export async function latestAutomaticApprovals(
  tx: Db,
  ofLast: number,
): Promise<{ readonly decided: number; readonly overturned: number }> {
  const [row] = await tx.execute<{ decided: number; overturned: number }>(sql`
    with approved as (
      select e.id, e.registration_id from registration_event e
      where e.after ->> 'state' = 'approved' and e.after ->> 'lastDecider' is null
        and e.after -> 'decisionClock' -> 'stop' ->> 'outcome' = 'decided'
        and (e.before is null or e.before ->> 'state' in ('submitted', 'in_review', 'info_requested', 'rejected', 'withdrawn', 'expired'))
        and e.id > (select coalesce(max(counted_after), 0) from automatic_stop)
      order by e.id desc limit ${ofLast}
    )
    select count(*)::int as decided, count(*) filter (where taken_back.id is not null and taken_back.id < coalesce(again.id, taken_back.id + 1))::int as overturned
    from approved a
    left join lateral (select min(x.id) as id from registration_event x
      where x.registration_id = a.registration_id and x.id > a.id
        and ((x.move = 'reopen' and x.before ->> 'state' in ('approved', 'rejected'))
          or (x.after ->> 'state' = 'superseded' and x.after ->> 'reasonCode' = 'superseded_by_appeal'))) taken_back on true
    left join lateral (select min(x.id) as id from registration_event x
      where x.registration_id = a.registration_id and x.id > a.id and x.move = 'resubmit') again on true`);
  return row ?? { decided: 0, overturned: 0 };
}
