import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

export interface TimersToOpen {
  readonly count: number;
  /** As many fall due in each second from `from` on; the others are due a day later. */
  readonly due: number;
  readonly perSecond: number;
  /** Seconds since the epoch. */
  readonly from: number;
}

/**
 * Copies a registration that waits for its decision, with its one timer. Each copy is for a deal of its own, and its
 * clock began so that its timer is due when it is wanted.
 *
 * @param targetSeconds the time from the start of the clock to the timer
 */
export async function openTimers(
  db: Db,
  template: string,
  targetSeconds: number,
  { count, due, perSecond, from }: TimersToOpen,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      create temporary table copied on commit drop as
      select gen_random_uuid() as id,
        case when n < ${due}::int then ${from}::bigint + n / ${perSecond}::int else ${from}::bigint + 86400 + n % 86400 end as due
      from generate_series(0, ${count - 1}::int) n`);
    await tx.execute(sql`
      insert into registration select (jsonb_populate_record(r, jsonb_build_object('id', c.id))).*
      from copied c cross join registration r where r.id = ${template}`);
    await tx.execute(sql`
      insert into registration_lifecycle
      select (jsonb_populate_record(l, jsonb_build_object('registration_id', c.id, 'deal', c.id::text,
        'body', l.body || jsonb_build_object('submittedAt', c.due - ${targetSeconds}::int,
          'decisionClock', l.body -> 'decisionClock' || jsonb_build_object('start', c.due - ${targetSeconds}::int))))).*
      from copied c cross join registration_lifecycle l where l.registration_id = ${template}`);
    await tx.execute(sql`
      insert into lifecycle_timer select c.id, t.timer, to_timestamp(c.due)
      from copied c cross join lifecycle_timer t where t.registration_id = ${template}`);
  });
  await db.execute(sql`analyze registration, registration_lifecycle, lifecycle_timer`);
}

export async function countTimers(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`select count(*)::int as count from lifecycle_timer`);
  return row?.count ?? 0;
}

export interface FiredTimer {
  readonly id: number;
  readonly registration: string;
  /** The instant that its event is stamped with, in ms. */
  readonly at: number;
  readonly move: string;
}

/** The events after this one, in the order in which they were stored. */
export async function eventsAfter(db: Db, id: number): Promise<readonly FiredTimer[]> {
  const rows = await db.execute<{ id: number; registration: string; at: string; move: string }>(sql`
    select id::int as id, registration_id as registration, (extract(epoch from at) * 1000)::text as at, move
    from registration_event where id > ${id} order by id`);
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}
