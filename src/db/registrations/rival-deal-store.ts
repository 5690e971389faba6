import { and, eq, inArray, or, isNull, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { partner, registration, rivalDeal } from '#src/db/schema/channel.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { precedenceColumn, selectStored, storedOf, type StoredRegistration } from './registration-store.ts';

export type RivalDeal = Pick<
  typeof rivalDeal.$inferSelect,
  'registrationId' | 'opportunityId' | 'verdict' | 'evidence'
>;

/** The changes that a new search for rival deals made. */
export interface RivalDealChanges {
  readonly added: readonly RivalDeal[];
  readonly ended: readonly Pick<RivalDeal, 'registrationId' | 'opportunityId'>[];
}

/** Replaces the rival deals of these registrations by `found`. */
export async function replaceRivalDeals(
  tx: Db,
  registrationIds: readonly string[],
  found: readonly RivalDeal[],
  at: Date,
): Promise<RivalDealChanges> {
  if (registrationIds.length === 0) return { added: [], ended: [] };
  const keyOf = ({ registrationId, opportunityId }: Pick<RivalDeal, 'registrationId' | 'opportunityId'>) =>
    `${registrationId} ${opportunityId}`;
  const before = await tx.select().from(rivalDeal).where(isIn(rivalDeal.registrationId, registrationIds));
  const known = new Set(before.map(keyOf));
  const wanted = new Set(found.map(keyOf));
  const ended = before.filter((one) => !wanted.has(keyOf(one)));
  for (const [registrationId, deals] of Map.groupBy(ended, (one) => one.registrationId)) {
    const ids = deals.map((one) => one.opportunityId);
    await tx
      .delete(rivalDeal)
      .where(and(eq(rivalDeal.registrationId, registrationId), isIn(rivalDeal.opportunityId, ids)));
  }
  await bulkInsert(
    tx,
    rivalDeal,
    found.map((one) => ({ ...one, foundAt: at })),
    sql`on conflict (registration_id, opportunity_id) do update set verdict = excluded.verdict, evidence = excluded.evidence
        where (rival_deal.verdict, rival_deal.evidence) is distinct from (excluded.verdict, excluded.evidence)`,
  );
  return { added: found.filter((one) => !known.has(keyOf(one))), ended };
}

/** A registration that waits for an answer or is protected. */
const inForce = ['submitted', 'in_review', 'approved'] as const satisfies readonly RegistrationStatus[];

/** The approved registrations, or those among these. */
export async function approvedRegistrations(
  db: Db,
  among?: readonly string[],
): Promise<readonly StoredRegistration[]> {
  if (among?.length === 0) return [];
  const rows = await selectStored(db)
    .where(
      and(
        eq(registration.deleted, false),
        eq(registration.status, 'approved'),
        among ? isIn(registration.id, among) : undefined,
      ),
    )
    .orderBy(precedenceColumn, registration.id);
  return rows.map(storedOf);
}

/** The registrations that have one of these opportunities as a rival deal. */
export async function registrationsWithRivalDeals(
  db: Db,
  opportunityIds: readonly string[],
): Promise<readonly string[]> {
  if (opportunityIds.length === 0) return [];
  const rows = await db
    .selectDistinct({ id: rivalDeal.registrationId })
    .from(rivalDeal)
    .where(isIn(rivalDeal.opportunityId, opportunityIds));
  return rows.map(({ id }) => id);
}

/** The rival deals of these registrations, or of all registrations in force. */
export async function rivalDealIds(db: Db, registrationIds?: readonly string[]): Promise<readonly string[]> {
  if (registrationIds?.length === 0) return [];
  const rows = await db
    .selectDistinct({ id: rivalDeal.opportunityId })
    .from(rivalDeal)
    .innerJoin(registration, eq(registration.id, rivalDeal.registrationId))
    .where(
      registrationIds
        ? isIn(rivalDeal.registrationId, registrationIds)
        : and(eq(registration.deleted, false), inArray(registration.status, [...inForce])),
    );
  return rows.map(({ id }) => id);
}

/** A registration in force and an opportunity that competes with it. */
export interface RivalRegistration {
  readonly opportunityId: string;
  readonly registration: StoredRegistration;
  readonly verdict: RivalDeal['verdict'];
  readonly evidence: string;
}

/** The registrations in force that compete with these opportunities, the oldest first. */
export async function registrationsAgainst(
  db: Db,
  opportunityIds: readonly string[],
): Promise<readonly RivalRegistration[]> {
  if (opportunityIds.length === 0) return [];
  const rows = await db
    .select({ registration, partnerName: partner.name, rivalDeal })
    .from(rivalDeal)
    .innerJoin(registration, eq(registration.id, rivalDeal.registrationId))
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(
      and(
        isIn(rivalDeal.opportunityId, opportunityIds),
        eq(registration.deleted, false),
        inArray(registration.status, [...inForce]),
        or(
          isNull(registration.opportunityId),
          sql`${registration.opportunityId} <> ${rivalDeal.opportunityId}`,
        ),
      ),
    )
    .orderBy(precedenceColumn, registration.id);
  return rows.map((row) => ({
    opportunityId: row.rivalDeal.opportunityId,
    registration: storedOf(row),
    verdict: row.rivalDeal.verdict,
    evidence: row.rivalDeal.evidence,
  }));
}

/** A rival deal as an employee reads it. */
export interface NamedRivalDeal {
  readonly registrationId: string;
  readonly opportunityId: string;
  readonly connectionId: string | null;
  readonly number: string;
  readonly partnerName: string;
  readonly customerName: string;
  readonly status: RegistrationStatus;
  readonly dealName: string;
  readonly accountName: string | null;
  readonly stage: string | null;
  /** `YYYY-MM-DD` */
  readonly openedOn: string | null;
  /** Null when the CRM does not show us who it is. */
  readonly ownerName: string | null;
  /** The owner of the partner's account. */
  readonly managerName: string | null;
  readonly verdict: RivalDeal['verdict'];
  readonly evidence: string;
}

/** The rival deals of these registrations, the oldest first. Deleted opportunities are left out. */
export async function namedRivalDeals(
  db: Db,
  registrationIds: readonly string[],
): Promise<readonly NamedRivalDeal[]> {
  if (registrationIds.length === 0) return [];
  const rows = await db.execute<{ [K in keyof NamedRivalDeal]: NamedRivalDeal[K] }>(sql`
    select d.registration_id as "registrationId", d.opportunity_id as "opportunityId", l.connection_id as "connectionId",
           r.number, p.name as "partnerName", r.customer_name as "customerName", r.status, o.name as "dealName", a.name as "accountName",
           o.stage, (o.opened_at at time zone 'UTC')::date::text as "openedOn", u.name as "ownerName", m.name as "managerName", d.verdict, d.evidence
    from rival_deal d
    join registration r on r.id = d.registration_id
    join partner p on p.id = r.partner_id
    join opportunity o on o.id = d.opportunity_id and not o.deleted
    left join account a on a.id = o.account_id
    left join lateral (select * from link where record_id = o.id and merged_into is null order by connection_id limit 1) l on true
    left join crm_owner u on u.connection_id = l.connection_id and u.ext_id = o.owner
    left join account pa on pa.id = p.account_id
    left join lateral (${ownerNameOf(sql`pa.id`, sql`pa.owner`)}) m on true
    where ${isKeyIn(sql`d.registration_id`, registrationIds, 'uuid')}
    order by d.registration_id, o.opened_at nulls last, o.id`);
  return [...rows];
}

/** The name of the person who owns one of our records, from the CRM that the record is linked to. */
export const ownerNameOf = (recordId: ReturnType<typeof sql>, owner: ReturnType<typeof sql>) => sql`
  select u.name from link l join crm_owner u on u.connection_id = l.connection_id and u.ext_id = ${owner}
  where l.record_id = ${recordId} and l.merged_into is null order by l.connection_id limit 1`;

/** The name of the channel account manager of each of these partners: the owner of the partner's account. */
export async function channelManagersOf(
  db: Db,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (partnerIds.length === 0) return new Map();
  const rows = await db.execute<{ id: string; name: string }>(sql`
    select p.id, m.name from partner p join account a on a.id = p.account_id
    cross join lateral (${ownerNameOf(sql`a.id`, sql`a.owner`)}) m
    where ${isKeyIn(sql`p.id`, partnerIds, 'uuid')} and m.name is not null`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
