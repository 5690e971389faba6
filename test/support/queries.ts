import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/** Database queries that only tests need. */
export async function openProblems(
  db: Db,
): Promise<
  readonly { readonly ref: string; readonly code: string; readonly message: string; readonly fix: string }[]
> {
  return [
    ...(await db.execute<{ ref: string; code: string; message: string; fix: string }>(
      sql`select ref, code, message, fix from problem where status = 'open' order by ref`,
    )),
  ];
}

export interface ReviewedRegistration {
  readonly number: string;
  readonly system: string;
  readonly extId: string;
  /** The open opportunities that hold it up; empty when something else does too. */
  readonly rivals: readonly { readonly system: string; readonly extId: string }[];
}

/** Registrations in review, with the opportunities that hold them up where nothing else does. */
export async function registrationsInReview(db: Db): Promise<ReviewedRegistration[]> {
  const rows = await db.execute<{
    number: string;
    system: string;
    ext_id: string;
    rivals: { system: string; extId: string }[] | null;
  }>(sql`
    select r.number, c.kind as system, l.ext_id,
      (select json_agg(json_build_object('system', oc.kind, 'extId', ol.ext_id))
         from jsonb_array_elements(k.decision -> 'findings') f
         join link ol on ol.record_id = (f -> 'rival' ->> 'id')::uuid
         join connection oc on oc.id = ol.connection_id
        where f ->> 'rule' = 'direct_opportunity'
          and not exists (select 1 from jsonb_array_elements(k.decision -> 'findings') g where g ->> 'effect' <> 'note' and g ->> 'rule' <> 'direct_opportunity')) as rivals
    from registration r
    join link l on l.record_id = r.id
    join connection c on c.id = l.connection_id
    join conflict_case k on k.registration_id = r.id
    where r.status = 'in_review'
    order by r.number`);
  return rows.map((row) => ({
    number: row.number,
    system: row.system,
    extId: row.ext_id,
    rivals: row.rivals ?? [],
  }));
}

/**
 * Anything that must exist at most once and does not: documents credited twice, entries paid twice, books
 * that do not balance.
 */
export async function doubledWork(db: Db): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    select 'accrual' as what, document_id::text as which from journal_tx where reason = 'accrual' group by document_id, component, currency having count(*) > 1
    union all
    select 'payout', key from payout_item group by period, partner_id, currency, key having count(*) > 1
    union all
    select 'entry paid twice', tx_id::text from payout_line group by tx_id having count(*) > 1
    union all
    select 'unbalanced ' || currency, sum(amount_minor)::text from posting group by currency having sum(amount_minor) <> 0
    union all
    select 'registration', number from registration group by number having count(*) > 1
    union all
    select 'account link', record_id::text from link where merged_into is null group by record_id having count(*) > 1`);
  return [...rows];
}

/**
 * A registration in review because of a rival, linked to its own opportunity.
 */
export async function linkedReview(
  db: Db,
  system: string,
): Promise<{ readonly number: string; readonly partnerName: string }> {
  const [row] = await db.execute<{ number: string; partner_name: string }>(sql`
    select r.number, p.name as partner_name from registration r join partner p on p.id = r.partner_id
    join link l on l.record_id = r.id join connection c on c.id = l.connection_id
    join conflict_case k on k.registration_id = r.id
    where r.status = 'in_review' and r.opportunity_id is not null and c.kind = ${system}
      and k.decision -> 'findings' @? '$[*].rival.match ? (@.verdict == "same")'
      and not exists (select 1 from registration o where o.opportunity_id = r.opportunity_id and o.id <> r.id)
    order by r.number limit 1`);
  if (!row) throw new Error(`the sample has no linked registration in review in ${system}`);
  return { number: row.number, partnerName: row.partner_name };
}

/** Jobs of a name that are not over. */
export async function jobsWaiting(db: Db, name: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from job where name = ${name} and status in ('waiting', 'queued')`,
  );
  return row?.count ?? 0;
}

export async function countRows(db: Db, table: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from ${sql.identifier(table)}`,
  );
  return row?.count ?? 0;
}

/** Write intents that are pending or dead. */
export async function openIntents(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from write_intent where status in ('pending', 'dead')`,
  );
  return row?.count ?? 0;
}

export interface RemoteIds {
  readonly recordId: string;
  readonly extId: string;
  /** The name of the linked opportunity, or empty. */
  readonly opportunityExtId: string;
}

/** A registration's ids, ours and the CRM's. */
export async function remoteIdOf(db: Db, number: string): Promise<RemoteIds> {
  const [row] = await db.execute<{ id: string; ext_id: string; opportunity: string | null }>(sql`
    select r.id, l.ext_id, (select o.ext_id from link o where o.record_id = r.opportunity_id) as opportunity
    from registration r join link l on l.record_id = r.id where r.number = ${number}`);
  if (!row) throw new Error(`there is no registration ${number}`);
  return { recordId: row.id, extId: row.ext_id, opportunityExtId: row.opportunity ?? '' };
}

export interface AuditedAct {
  readonly action: string;
  readonly actor: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
}

/** The audit entries of the person or connection with this name, oldest first. */
export async function auditTrail(db: Db, subject: string): Promise<readonly AuditedAct[]> {
  const rows = await db.execute<AuditedAct & Record<string, unknown>>(sql`
    select a.action, p.name as actor, a.before, a.after, a.reason
      from audit_event a left join person p on p.id = a.actor_id
     where a.subject_id in (select id from person where name = ${subject} union all select id from connection where name = ${subject})
     order by a.id`);
  return [...rows];
}

/** The CRM's id of some payout in this connection. */
export async function anyPayout(db: Db, connectionId: string): Promise<string> {
  const [row] = await db.execute<{ ext_id: string }>(
    sql`select ext_id from link where connection_id = ${connectionId} and kind = 'payout' limit 1`,
  );
  return row?.ext_id ?? '';
}
