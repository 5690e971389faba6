import { eq, sql } from 'drizzle-orm';
import type { DealOutcome, PartnerSales } from '#src/domain/registrations/registration.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { account, partner } from '#src/db/schema/channel.ts';

/** An account that has bought before. */
export interface KnownCustomer {
  readonly accountId: string;
  readonly name: string;
  /**
   * The earliest of its first won opportunity, the first invoice to a customer of its name and the date in
   * the CRM, as `YYYY-MM-DD`.
   */
  readonly since: string;
  /** The last won opportunity or invoice. Null if the CRM says that it is a customer since a day. */
  readonly lastOn: string | null;
  /** The product families of its won opportunities; null when one of them has none, or there are none. */
  readonly families: readonly string[] | null;
}

/** The accounts among these that have bought before. */
export async function knownCustomers(
  tx: Db,
  accountIds: readonly string[],
): Promise<readonly KnownCustomer[]> {
  if (accountIds.length === 0) return [];
  const rows = await tx.execute<{ [K in keyof KnownCustomer]: KnownCustomer[K] }>(sql`
    select a.id as "accountId", a.name, least(a.customer_since, won.since, billed.since)::text as since,
           case when a.customer_since is null then greatest(won.last, billed.last)::text end as "lastOn",
           case when won.named then won.families end as families
    from account a cross join lateral (
      select min(coalesce(o.close_date, (o.opened_at at time zone 'UTC')::date)) as since,
             max(coalesce(o.close_date, (o.opened_at at time zone 'UTC')::date)) as last,
             array_agg(distinct o.product_family) as families, bool_and(o.product_family is not null) as named
      from opportunity o where o.account_id = a.id and o.is_won and not o.deleted
    ) won cross join lateral (
      select min(d.issued_on) as since, max(d.issued_on) as last from source_document d where lower(d.customer_name) = lower(a.name) and d.kind = 'invoice'
    ) billed
    where ${isKeyIn(sql`a.id`, accountIds, 'uuid')} and not a.deleted and least(a.customer_since, won.since, billed.since) is not null
    order by a.id`);
  return [...rows];
}

/** The outcome of each of these opportunities, by id. */
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
 * The partners that invoiced customers with these names according to the ERP, in any case, by the given name.
 * Sales of a merged partner count for the partner that it is part of now.
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

/**
 * The countries in which these partners may sell, as the CRM has them. Partners that may sell anywhere are
 * left out.
 */
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
