import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { ownerPerson } from '#src/db/registrations/channel/owner-person.ts';

/** What a programme's conditions can ask about a partner. */
export interface PartnerTerms {
  readonly code: string | null;
  /** The tier that applies on the day; null before the first assessment. */
  readonly tier: string | null;
  /** The channel account manager, who owns the partner's account in the CRM; null while nothing says who that is. */
  readonly cam: string | null;
}

/** Reads the partners with all their tiers; the answer has their terms on any day (`YYYY-MM-DD`). */
export async function partnerTerms(
  db: Db,
  partnerIds: readonly string[],
): Promise<(partnerId: string, on: string) => PartnerTerms> {
  const rows = await db.execute<{
    id: string;
    code: string | null;
    tier: string | null;
    cam: string | null;
    since: string | null;
  }>(
    sql`
    select p.id, p.code, t.tier, t.effective_from::text as since,
           ${ownerPerson(sql`a.owner`, { kind: 'account', id: sql`a.id` })} as cam
    from partner p join account a on a.id = p.account_id left join tier_assignment t on t.partner_id = p.id
    where p.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(partnerIds)}::text::jsonb))
    order by t.effective_from desc`,
  );
  const byPartner = Map.groupBy(rows, ({ id }) => id);
  return (partnerId, on) => {
    const newestFirst = byPartner.get(partnerId) ?? [];
    const then = newestFirst.find(({ since }) => since !== null && since <= on);
    const { code = null, cam = null } = newestFirst[0] ?? {};
    return { code, tier: then?.tier ?? null, cam };
  };
}
