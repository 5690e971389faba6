import { sql } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { PartnerDoubts } from '#src/domain/registrations/registration.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** The present state of the partners of these registrations, by the registration's id. */
export async function partnerStates(
  tx: Db,
  registrationIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<PartnerDoubts, 'status' | 'mergedFrom'>>> {
  if (registrationIds.length === 0) return new Map();
  const rows = await tx.execute<{
    id: string;
    status: PartnerDoubts['status'];
    mergedName: string | null;
    mergedOn: string | null;
  }>(sql`
    select r.id, case when a.deleted or not a.is_partner then 'not_a_partner' when a.partner_suspended then 'suspended' end as status,
           merged.name as "mergedName", (merged.merged_at at time zone 'UTC')::date::text as "mergedOn"
    from registration r join partner p on p.id = r.partner_id join account a on a.id = p.account_id
    left join partner merged on merged.id = r.merged_partner_id
    where ${isKeyIn(sql`r.id`, registrationIds, 'uuid')}`);
  return new Map(
    rows.map(({ id, status, mergedName, mergedOn }) => [
      id,
      {
        status,
        mergedFrom: mergedName === null || mergedOn === null ? null : { name: mergedName, on: mergedOn },
      },
    ]),
  );
}

export interface PartnerLike {
  readonly registrationId: string;
  readonly partnerId: string;
  readonly name: string;
  readonly normal: NormalisedCompany;
}

/** The partners whose account has a search key in common with the customer of one of these registrations. */
export async function partnersLike(
  tx: Db,
  registrationIds: readonly string[],
): Promise<readonly PartnerLike[]> {
  if (registrationIds.length === 0) return [];
  const rows = await tx.execute<{ [K in keyof PartnerLike]: PartnerLike[K] }>(sql`
    with customer as materialized (
      select subject_id, keys from match_profile where ${isKeyIn(sql`subject_id`, registrationIds, 'uuid')}
    ),
    partners as materialized (
      select p.id, p.name, m.normal, m.keys from partner p join account a on a.id = p.account_id and a.is_partner and not a.deleted
      join match_profile m on m.subject_id = a.id where p.merged_into is null
    )
    select c.subject_id as "registrationId", p.id as "partnerId", p.name, p.normal
    from customer c join partners p on p.keys && c.keys order by p.id`);
  return [...rows];
}
