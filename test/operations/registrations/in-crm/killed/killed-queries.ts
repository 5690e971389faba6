import { sql } from 'drizzle-orm';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import type { Db } from '#src/db/client.ts';
import { workLeft } from '#test/support/sync-queries.ts';

/** The sessions that wait for a lock. */
export async function waitingForLocks(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

/** The events of these registrations as text, by the vendor's id. */
export async function eventsByRecord(
  db: Db,
  extIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.execute<{ id: string; ext_id: string }>(
    sql`select record_id as id, ext_id from link where kind = 'registration' and ext_id in ${[...extIds]}`,
  );
  return new Map(
    await Promise.all(
      rows.map(async ({ id, ext_id }) => {
        const events = await registrationEvents(db, id);
        const texts = events.map(({ event: { move, via, actor, refusal } }) =>
          [move, via, actor, refusal].filter(Boolean).join(' '),
        );
        return [ext_id, texts] as const;
      }),
    ),
  );
}

/** Jobs, hints, writes, notices, webhooks and decisions that are not over. */
export async function workNotOver(db: Db): Promise<readonly string[]> {
  const rows = await db.execute<{ what: string }>(sql`
    select 'write ' || id as what from write_intent where status = 'pending'
    union all select 'notice ' || id from lifecycle_notice where sent_at is null
    union all select 'webhook ' || id from webhook_delivery where status <> 'delivered'
    union all select 'decision ' || key from crm_decision where handled_at is null
    union all select 'fields of ' || key from crm_decision where handled_at is not null and cleared_at is null`);
  return [...(await workLeft(db)), ...rows.map(({ what }) => what)];
}

/** What exists twice although it must exist once. */
export async function madeTwice(db: Db): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return db.execute(sql`
    select 'notice' as what, registration_id::text || ' ' || event as which from lifecycle_notice
      group by registration_id, event, at, recipients having count(*) > 1
    union all select 'message', notice_id::text from webhook_message group by notice_id having count(*) > 1
    union all select 'write', record_id::text || ' ' || (fields #>> '{}') from write_intent
      where kind = 'registration' and status = 'done' group by record_id, fields having count(*) > 1
    union all select 'registration', number from registration where not deleted group by number having count(*) > 1`);
}
