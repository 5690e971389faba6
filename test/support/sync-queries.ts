import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/**
 * Fairway's values of one registration of one CRM, by our field names, as text; null when it has none.
 */
export async function registrationAsKnown(
  db: Db,
  connectionId: string,
  extId: string,
): Promise<{
  readonly id: string;
  readonly deleted: boolean;
  readonly values: Readonly<Record<string, string | null>>;
} | null> {
  const [row] = await db.execute<{ id: string; deleted: boolean; values: Record<string, string | null> }>(sql`
    select r.id, r.deleted, jsonb_build_object(
      'customerName', r.customer_name, 'contactEmail', r.contact_email, 'productFamily', r.product_family, 'dealType', r.deal_type,
      'expectedClose', r.expected_close::text, 'amount', (r.amount_minor / 100.0)::text, 'status', r.status) as values
    from registration r join link l on l.record_id = r.id
    where l.connection_id = ${connectionId} and l.ext_id = ${extId}`);
  return row ?? null;
}

export interface LoggedResolution {
  readonly id: string;
  readonly field: string;
  readonly base: unknown;
  readonly theirs: unknown;
  readonly ours: unknown;
  readonly policy: string;
  readonly winner: string | null;
}

export async function resolutionsOf(db: Db, recordId: string): Promise<readonly LoggedResolution[]> {
  return [
    ...(await db.execute<LoggedResolution & Record<string, unknown>>(
      sql`select id, field, base, theirs, ours, policy, winner from resolution where record_id = ${recordId} order by at, id`,
    )),
  ];
}

/**
 * The changes of a CRM's record that Fairway recorded until an instant, in order, with the values before and
 * after.
 */
export async function noticedChanges(
  db: Db,
  connectionId: string,
  extId: string,
  until: Date,
): Promise<readonly Readonly<Record<string, readonly [unknown, unknown]>>[]> {
  const rows = await db.execute<{ changes: Readonly<Record<string, readonly [unknown, unknown]>> }>(
    sql`select changes from remote_change where connection_id = ${connectionId} and ext_id = ${extId}
         and modified_at <= ${until.toISOString()} order by id`,
  );
  return rows.map(({ changes }) => changes);
}

/** Our account behind a CRM's id, and whether it is alive; null when Fairway does not know the id. */
export async function accountBehind(
  db: Db,
  connectionId: string,
  extId: string,
): Promise<{ readonly id: string; readonly deleted: boolean; readonly mergedInto: string | null } | null> {
  const [row] = await db.execute<{ id: string; deleted: boolean; merged_into: string | null }>(sql`
    select a.id, a.deleted, l.merged_into from link l join account a on a.id = l.record_id
    where l.connection_id = ${connectionId} and l.ext_id = ${extId}`);
  return row ? { id: row.id, deleted: row.deleted, mergedInto: row.merged_into } : null;
}

/** As if the time had passed for which a process, dead since, was to listen to its streams. */
export async function endLeases(db: Db): Promise<void> {
  await db.execute(sql`update listening set leased_until = now() - interval '1 second'`);
}

/** When calls to a vendor may go on, if any connection waits for that. */
export async function pausedUntil(db: Db): Promise<Date | null> {
  const [row] = await db.execute<{ until: string | null }>(
    sql`select max(paused_until) as until from connection where paused_until > now()`,
  );
  return row?.until ? new Date(row.until) : null;
}

/**
 * Rows that break an invariant: one payout per key, balanced books, no approval by the submitter, an audit
 * trail without gaps, no stuck work.
 */
export async function brokenInvariants(db: Db): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    select 'payout key twice' as what, key as which from payout_item group by key having count(*) > 1
    union all
    select 'entry paid twice', tx_id::text from payout_line group by tx_id having count(*) > 1
    union all
    select 'unbalanced ' || currency, sum(amount_minor)::text from posting group by currency having sum(amount_minor) <> 0
    union all
    select 'approved alone', id::text from payout_batch where approved_by is not null and (submitted_by is null or approved_by = submitted_by)
    union all
    select 'registration twice', number from registration where not deleted group by number having count(*) > 1
    union all
    select 'record linked twice', record_id::text from link where merged_into is null group by connection_id, object, record_id having count(*) > 1
    union all
    select 'audit gap', e.id::text from audit_event e
     where e.id > (select min(id) from audit_event) and not exists (select 1 from audit_event p where p.hash = e.previous_hash and p.id < e.id)
    union all
    select 'job not over', id::text from job where status in ('waiting', 'queued')
    union all
    select 'write not sent', id::text from write_intent where status = 'pending'
    union all
    select 'hint not served', object || ' ' || ext_id from hint
    union all
    select 'record not placed', object || ' ' || ext_id from remote_record r where mapped_hash is distinct from hash
       and not exists (select 1 from problem p where p.connection_id = r.connection_id and p.object = r.object and p.ref = r.ext_id and p.status = 'open')`);
  return [...rows];
}

/** Writes that a vendor accepted since then, by any job. */
export async function writesSince(db: Db, at: Date): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from write_intent where status = 'done' and settled_at >= ${at.toISOString()}`,
  );
  return row?.count ?? 0;
}

/** Work under way or to come: jobs that are not over, and hints not served. */
export async function workLeft(db: Db): Promise<readonly string[]> {
  const rows = await db.execute<{ what: string }>(sql`
    select 'job ' || name || ' ' || status as what from job where status in ('waiting', 'queued')
    union all select 'hint ' || via || ' ' || object || ' ' || ext_id from hint`);
  return rows.map((row) => row.what);
}
