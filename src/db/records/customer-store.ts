import { eq, sql } from 'drizzle-orm';
import type { PartnerSales } from '#src/domain/registrations/registration.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { account, partner } from '#src/db/schema/channel.ts';

/** An account that has bought before. */
export interface KnownCustomer {
  readonly accountId: string;
  readonly name: string;
  /**
   * `YYYY-MM-DD`: its first won opportunity, the first invoice to a customer of its name, or since when the
   * CRM says so; the earliest.
   */
  readonly since: string;
  /** Of its won opportunities; null when one names none, or none is known. */
  readonly families: readonly string[] | null;
}

/** Of these accounts, those that have bought before. */
export async function knownCustomers(
  tx: Db,
  accountIds: readonly string[],
): Promise<readonly KnownCustomer[]> {
  if (accountIds.length === 0) return [];
  const rows = await tx.execute<{ [K in keyof KnownCustomer]: KnownCustomer[K] }>(sql`
    select a.id as "accountId", a.name, least(a.customer_since, won.since, billed.since)::text as since,
           case when won.named then won.families end as families
    from account a cross join lateral (
      select min(coalesce(o.close_date, (o.opened_at at time zone 'UTC')::date)) as since,
             array_agg(distinct o.product_family) as families, bool_and(o.product_family is not null) as named
      from opportunity o where o.account_id = a.id and o.is_won and not o.deleted
    ) won cross join lateral (
      select min(d.issued_on) as since from source_document d where lower(d.customer_name) = lower(a.name) and d.kind = 'invoice'
    ) billed
    where ${isKeyIn(sql`a.id`, accountIds, 'uuid')} and not a.deleted and least(a.customer_since, won.since, billed.since) is not null
    order by a.id`);
  return [...rows];
}

export type DealOutcome = 'open' | 'won' | 'lost';

/** What became of these opportunities, by id. */
export async function outcomesOf(
  tx: Db,
  opportunityIds: readonly string[],
): Promise<ReadonlyMap<string, DealOutcome>> {
  if (opportunityIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; outcome: DealOutcome }>(sql`
    select id, case when is_won then 'won' when is_closed or deleted then 'lost' else 'open' end as outcome
    from opportunity where ${isKeyIn(sql`id`, opportunityIds, 'uuid')}`);
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/**
 * Which partners invoiced customers of these names, as the ERP has them, in any case; by the name that was
 * asked for. What a partner that was merged away sold counts for the one it is part of now.
 */
export async function salesTo(
  tx: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly PartnerSales[]>> {
  if (names.length === 0) return new Map();
  const rows = await tx.execute<{ name: string } & { [K in keyof PartnerSales]: PartnerSales[K] }>(sql`
    select n.name, living.id as "partnerId", living.name as "partnerName", min(d.issued_on)::text as "firstOn", max(d.issued_on)::text as "lastOn"
    from ${listOf('text', names, (name) => name)} n (name)
    join source_document d on lower(d.customer_name) = lower(n.name) and d.kind = 'invoice'
    join partner sold on sold.id = d.partner_id
    join partner living on living.id = coalesce(sold.merged_into, sold.id)
    group by n.name, living.id, living.name order by living.id`);
  const byName = new Map<string, PartnerSales[]>();
  for (const { name, ...sales } of rows) byName.set(name, [...(byName.get(name) ?? []), sales]);
  return byName;
}

/** The name of the account each of these opportunities is with. */
export async function accountNamesOf(
  tx: Db,
  opportunityIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (opportunityIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; name: string }>(sql`
    select o.id, a.name from opportunity o join account a on a.id = o.account_id where ${isKeyIn(sql`o.id`, opportunityIds, 'uuid')}`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Countries these partners may sell in, as the CRM has them; those that may sell anywhere are left out. */
export async function territoriesOf(
  tx: Db,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx
    .select({ id: partner.id, territory: account.territory })
    .from(partner)
    .innerJoin(account, eq(account.id, partner.accountId))
    .where(isIn(partner.id, partnerIds));
  return new Map(rows.flatMap(({ id, territory }) => (territory === null ? [] : [[id, territory]])));
}
