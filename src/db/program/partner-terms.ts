import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/** What a programme's conditions can ask about a partner. */
export interface PartnerTerms {
  readonly code: string | null;
  /** The tier that applies on the day; null before the first assessment. */
  readonly tier: string | null;
}

/** @param on `YYYY-MM-DD` */
export async function partnerTerms(
  db: Db,
  partnerIds: readonly string[],
  on: string,
): Promise<ReadonlyMap<string, PartnerTerms>> {
  const rows = await db.execute<{ id: string; code: string | null; tier: string | null }>(sql`
    select p.id, p.code, t.tier from partner p
    left join lateral (
      select tier from tier_assignment where partner_id = p.id and effective_from <= ${on}::date
      order by effective_from desc limit 1
    ) t on true
    where p.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(partnerIds)}::text::jsonb))`);
  return new Map(rows.map(({ id, code, tier }) => [id, { code, tier }]));
}
