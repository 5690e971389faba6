import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { account, opportunity, partner } from '#src/db/schema/channel.ts';
import { lifecyclePerson } from '#src/db/schema/lifecycle.ts';

export type NewLifecyclePerson = typeof lifecyclePerson.$inferInsert;

export interface NewChannelPartner {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** The CRM's user who owns the partner's account. */
  readonly owner: string | null;
}

/** Adds people to the channel. */
export async function insertLifecyclePeople(db: Db, people: readonly NewLifecyclePerson[]): Promise<void> {
  if (people.length > 0) await db.insert(lifecyclePerson).values([...people]);
}

/** Adds partners with their accounts, where no CRM is connected from which they are read. */
export async function insertPartners(db: Db, partners: readonly NewChannelPartner[]): Promise<void> {
  for (const { id, accountId, name, owner } of partners) {
    await db.insert(account).values({ id: accountId, name, isPartner: true, owner });
    await db.insert(partner).values({ id, accountId, name });
  }
}

/** Adds opportunities, where no CRM is connected from which they are read. */
export async function insertOpportunities(
  db: Db,
  opportunities: readonly { readonly id: string; readonly name: string; readonly owner: string }[],
): Promise<void> {
  if (opportunities.length > 0) await db.insert(opportunity).values([...opportunities]);
}

export interface ChannelPartnerInCrm {
  readonly id: string;
  readonly connectionId: string;
  /** The CRM's user who owns the partner's account. */
  readonly owner: string | null;
}

/** The first partners of the CRM that has the most, without a territory, which sell every product anywhere. */
export async function partnersOfOneCrm(db: Db, count: number): Promise<readonly ChannelPartnerInCrm[]> {
  const rows = await db.execute<{ id: string; connectionId: string; owner: string | null }>(sql`
    with held as (
      select p.id, a.owner, l.connection_id as "connectionId", count(*) over (partition by l.connection_id) as size
      from partner p join account a on a.id = p.account_id
      join link l on l.kind = 'account' and l.record_id = a.id
      where not a.deleted and a.territory is null
    )
    select id, owner, "connectionId" from held order by size desc, "connectionId", id limit ${count}`);
  return [...rows];
}

export interface ChannelDeal {
  readonly id: string;
  readonly customer: string;
  readonly country: string | null;
  readonly productFamily: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** The newest deals of a CRM in each state, of customers for whom there is no other open deal or registration. */
export async function dealsOfOneCrm(
  db: Db,
  connectionId: string,
): Promise<Readonly<Partial<Record<'open' | 'won' | 'lost', ChannelDeal>>>> {
  type Row = Omit<ChannelDeal, 'amountMinor'> & { state: 'open' | 'won' | 'lost'; amountMinor: string };
  const rows = await db.execute<{ [K in keyof Row]: Row[K] }>(sql`
    with deal as (
      select o.*, case when not is_closed then 'open' when is_won then 'won' else 'lost' end as state
      from opportunity o
    )
    select distinct on (o.state) o.state, o.id, a.name as customer, a.country,
           o.product_family as "productFamily", o.amount_minor::text as "amountMinor", o.currency
    from deal o join account a on a.id = o.account_id
    join link l on l.kind = 'opportunity' and l.record_id = o.id and l.connection_id = ${connectionId}
    where not o.deleted and not a.deleted and not a.is_partner and o.amount_minor > 0 and o.currency is not null
      and not exists (select from registration r join opportunity s on s.id = r.opportunity_id where s.account_id = a.id)
      and not exists (select from opportunity s where s.account_id = a.id and s.id <> o.id and not s.is_closed)
    order by o.state, o.close_date desc, o.id`);
  return Object.fromEntries(
    rows.map(({ state, amountMinor, ...deal }) => [state, { ...deal, amountMinor: BigInt(amountMinor) }]),
  );
}
