import { and, eq, lt, notInArray, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { noticeMail } from '#src/db/schema/notices.ts';
import type { NoticeFacts } from '#src/domain/notices/notice-facts.ts';

export type NoticeMail = typeof noticeMail.$inferSelect;

export async function insertMails(tx: Db, mails: readonly (typeof noticeMail.$inferInsert)[]): Promise<void> {
  await bulkInsert(tx, noticeMail, mails, sql`on conflict do nothing`);
}

export async function hasDueMail(db: Db, at: Date): Promise<boolean> {
  const [row] = await db.execute<{ found: boolean }>(
    sql`select exists (select from notice_mail where status = 'waiting' and next_attempt_at <= ${at.toISOString()}::timestamptz) as found`,
  );
  return row?.found === true;
}

/** Marks the oldest due e-mail as being sent, so that no other process sends it. Null when none is due. */
export async function beginDueMail(db: Db, at: Date): Promise<NoticeMail | null> {
  const next = sql`(select id from notice_mail where status = 'waiting' and next_attempt_at <= ${at.toISOString()}::timestamptz
    order by next_attempt_at, id limit 1 for update skip locked)`;
  const [begun] = await db
    .update(noticeMail)
    .set({ status: 'sending', startedAt: at, attempts: sql`${noticeMail.attempts} + 1` })
    .where(sql`${noticeMail.id} = ${next}`)
    .returning();
  return begun ?? null;
}

export async function settleMail(
  db: Db,
  id: string,
  outcome: Pick<NoticeMail, 'status' | 'reason' | 'nextAttemptAt'>,
): Promise<void> {
  await db
    .update(noticeMail)
    .set(outcome)
    .where(and(eq(noticeMail.id, id), eq(noticeMail.status, 'sending')));
}

/** The mail server's answer to these is not known, because the process ended. */
export async function abandonMails(db: Db, startedBefore: Date): Promise<void> {
  await db
    .update(noticeMail)
    .set({ status: 'unknown', reason: 'worker_ended' })
    .where(and(eq(noticeMail.status, 'sending'), lt(noticeMail.startedAt, startedBefore)));
}

export interface MailContent {
  readonly registrationId: string;
  readonly event: string;
  readonly days: number | null;
  readonly facts: NoticeFacts;
  readonly hidden: readonly string[];
  readonly customer: string;
  readonly partner: string;
  /** The reason and the words of the last move with a reason. */
  readonly moveReason: string | null;
  readonly moveText: string | null;
  readonly question: string | null;
  readonly answer: string | null;
  /** Null for a person who is not among the people of the channel any more. */
  readonly role: string | null;
  readonly personName: string | null;
}

/** Null for a notice whose registration was erased. */
export async function mailContent(db: Db, { noticeId, person }: NoticeMail): Promise<MailContent | null> {
  const given = (move: string, value: string) => sql`(
    select v.given ->> ${value} from registration_event e join registration_event_evidence v on v.event_id = e.id
    where e.registration_id = n.registration_id and e.move = ${move} and e.at <= n.at order by e.id desc limit 1)`;
  const last = (column: 'reason_code' | 'text') => sql`(
    select ${column === 'text' ? sql`v.given ->> 'text'` : sql`e.reason_code`}
    from registration_event e left join registration_event_evidence v on v.event_id = e.id
    where e.registration_id = n.registration_id and e.at <= n.at order by e.id desc limit 1)`;
  const [row] = await db.execute<{ [K in keyof MailContent]: MailContent[K] }>(sql`
    select n.registration_id as "registrationId", n.event, n.days, n.facts,
      case when n.redacted then n.must_not_contain else '[]' end as hidden,
      r.customer_name as customer, p.name as partner,
      ${last('reason_code')} as "moveReason", ${last('text')} as "moveText",
      ${given('request_info', 'question')} as question, ${given('answer_info', 'answer')} as answer,
      case when l.left_at is not null or u.disabled_at is not null then null else coalesce(l.role, u.role) end as role,
      u.name as "personName"
    from lifecycle_notice n join registration r on r.id = n.registration_id join partner p on p.id = r.partner_id
      left join lifecycle_person l on l.name = ${person} left join person u on u.email = ${person}
    where n.id = ${noticeId} and n.facts is not null and not r.deleted`);
  return row ?? null;
}

/** The number of e-mails in each state, and of each reason. */
export async function countMails(
  db: Db,
): Promise<
  readonly { readonly status: NoticeMail['status']; readonly reason: string | null; readonly count: number }[]
> {
  return db
    .select({ status: noticeMail.status, reason: noticeMail.reason, count: sql<number>`count(*)::int` })
    .from(noticeMail)
    .groupBy(noticeMail.status, noticeMail.reason)
    .orderBy(noticeMail.status, noticeMail.reason);
}

/** Deletes settled rows from before `before`. Returns their number. */
export async function deleteOldMails(db: Db, before: Date): Promise<number> {
  const deleted = await db
    .delete(noticeMail)
    .where(and(lt(noticeMail.createdAt, before), notInArray(noticeMail.status, ['waiting', 'sending'])))
    .returning({ id: noticeMail.id });
  return deleted.length;
}
