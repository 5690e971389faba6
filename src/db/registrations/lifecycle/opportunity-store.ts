/** The opportunities of registrations with a lifecycle, as the CRM has them. */
import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import type {
  OpportunityInCrm,
  RegistrationWithDeal,
  SeenOpportunity,
} from '#src/domain/registrations/lifecycle/moves/opportunity-news.ts';

const outcome = (alias: string): SQL => {
  const of = sql.raw(alias);
  return sql`case when ${of}.is_won then 'won' when ${of}.is_closed then 'lost' when ${of}.id is not null then 'open' end`;
};

const shown = (alias: string): SQL => {
  const of = sql.raw(alias);
  return sql`case when ${of}.id is not null then jsonb_build_object('id', ${of}.id, 'outcome', ${outcome(alias)},
    'stage', ${of}.stage, 'lostReason', ${of}.lost_reason, 'isGone', ${of}.deleted) end`;
};

/** What a look sees now, as `SeenOpportunity` has it. */
const seenNow = sql`jsonb_build_object('named', n.id, 'isNamedGone', coalesce(n.deleted, false), 'id', o.id,
  'isGone', coalesce(o.deleted, false), 'outcome', ${outcome('o')}, 'stage', o.stage)`;

/**
 * Registrations whose opportunity in the CRM differs from what the last look saw, or has another outcome than they.
 *
 * @param of the registrations and opportunities to look at; all when it is left out
 */
export async function registrationsWithDealNews(
  tx: Db,
  of?: { readonly registrationIds: readonly string[]; readonly opportunityIds: readonly string[] },
): Promise<readonly RegistrationWithDeal[]> {
  const scope =
    of === undefined
      ? sql`true`
      : sql`l.registration_id = any (array(
          select registration_id from registration_lifecycle where ${isKeyIn(sql`registration_id`, of.registrationIds, 'uuid')}
          union select registration_id from registration_lifecycle where ${isKeyIn(sql`opportunity_id`, of.opportunityIds, 'uuid')}
          union select id from registration where ${isKeyIn(sql`named_opportunity_id`, of.opportunityIds, 'uuid')}))`;
  const rows = await tx.execute<{
    id: string;
    state: RegistrationWithDeal['state'];
    linked: OpportunityInCrm | null;
    named: OpportunityInCrm | null;
    seen: SeenOpportunity | null;
  }>(sql`
    select l.registration_id as id, l.state, ${shown('o')} as linked, ${shown('n')} as named, l.seen_opportunity as seen
    from registration_lifecycle l join registration r on r.id = l.registration_id
      left join opportunity o on o.id = l.opportunity_id
      left join opportunity n on n.id = r.named_opportunity_id
    where not r.deleted and ${scope}
      and (o.id is not null or n.id is not null or l.seen_opportunity is not null)
      and (l.seen_opportunity is distinct from ${seenNow}
        or not o.deleted and (l.state = 'converted' and o.is_closed or l.state in ('won', 'lost') and l.state <> ${outcome('o')}))
    order by l.registration_id`);
  return [...rows];
}

export async function saveSeenOpportunities(
  tx: Db,
  seen: readonly { readonly id: string; readonly seen: SeenOpportunity }[],
): Promise<void> {
  if (seen.length === 0) return;
  await tx.execute(sql`
    update registration_lifecycle l set seen_opportunity = x.seen
    from jsonb_to_recordset(${JSON.stringify(seen)}::text::jsonb) as x(id uuid, seen jsonb)
    where l.registration_id = x.id`);
}

/**
 * The opportunities that records of these registrations should name, by our ids: those that a person linked in
 * Fairway while the record names none. One that a person took off the record is not among them.
 *
 * @returns the vendor's ids of the opportunities
 */
export async function opportunitiesToName(
  tx: Db,
  connectionId: string,
  registrationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (registrationIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; extId: string }>(sql`
    select distinct on (l.registration_id) l.registration_id as id, k.ext_id as "extId"
    from registration_lifecycle l join registration r on r.id = l.registration_id
      join opportunity o on o.id = l.opportunity_id and not o.deleted
      join link k on k.kind = 'opportunity' and k.record_id = o.id and k.connection_id = ${connectionId} and k.merged_into is null
    where ${isKeyIn(sql`l.registration_id`, registrationIds, 'uuid')} and not r.deleted
      and r.named_opportunity_id is null and l.seen_opportunity ->> 'named' is null
    order by l.registration_id, k.ext_id`);
  return new Map(rows.map(({ id, extId }) => [id, extId]));
}
