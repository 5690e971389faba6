import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** A partner whose registrations do not know yet what is true of the partner now. */
export type PartnerNews =
  | { readonly fact: 'partner.suspended' | 'partner.reinstated'; readonly partner: string }
  | { readonly fact: 'partner.merged'; readonly from: string; readonly into: string };

/**
 * Partners that the CRM suspends or does not suspend any more, and partners that were merged. A suspension that a
 * person entered in Fairway, and a termination, stay.
 *
 * @param accountIds the accounts of partners to look at; all when it is left out. All merged partners are looked at.
 */
export async function partnersWithNews(
  tx: Db,
  accountIds?: readonly string[],
): Promise<readonly PartnerNews[]> {
  const merged = await tx.execute<{ from: string; into: string }>(sql`
    select p.id as "from", p.merged_into as "into" from partner p
    where p.merged_into is not null and (exists (select from registration_lifecycle l where l.partner_id = p.id)
      or exists (select from lifecycle_person l where l.partner_id = p.id))
    order by p.merged_at, p.id`);
  const changed = await tx.execute<{ partner: string; suspended: boolean }>(sql`
    select p.id as partner, a.partner_suspended as suspended
    from partner p join account a on a.id = p.account_id left join lifecycle_partner s on s.partner_id = p.id
    where p.merged_into is null
      and case when a.partner_suspended then coalesce(s.status, 'active') = 'active'
               else s.status = 'suspended' and s.set_by is null end
      ${accountIds === undefined ? sql`` : sql`and ${isKeyIn(sql`p.account_id`, accountIds, 'uuid')}`}
    order by p.id`);
  return [
    ...merged.map(({ from, into }) => ({ fact: 'partner.merged' as const, from, into })),
    ...changed.map(({ partner, suspended }) => ({
      fact: suspended ? ('partner.suspended' as const) : ('partner.reinstated' as const),
      partner,
    })),
  ];
}
