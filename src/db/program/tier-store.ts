import type { TierAssessment } from '#src/domain/program/assess-tier.ts';
import { desc, eq, inArray, sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { partner, tierAssignment } from '#src/db/schema/channel.ts';
import { sourceDocument } from '#src/db/schema/money.ts';

/** Saves tiers. Returns the number of new or changed rows. */
export async function saveTierAssessments(
  db: Db,
  assessments: readonly TierAssessment[],
  programVersion: number,
): Promise<number> {
  const set = setExcluded('tier', 'trailing_revenue_minor', 'currency', 'explanation', 'program_version');
  return bulkInsert(
    db,
    tierAssignment,
    assessments.map((assessment) => ({ ...assessment, programVersion })),
    sql`on conflict (partner_id, effective_from) do update set ${set}
        where (tier_assignment.tier, tier_assignment.trailing_revenue_minor, tier_assignment.explanation, tier_assignment.program_version)
           is distinct from (excluded.tier, excluded.trailing_revenue_minor, excluded.explanation, excluded.program_version)`,
  );
}

/**
 * The tiers of partners that have sold something and of all partners merged with them. The many other
 * partners earn nothing.
 */
export async function sellerTierAssessments(db: Db): Promise<TierAssessment[]> {
  const sellers = db
    .select({ id: sql`coalesce(${partner.mergedInto}, ${partner.id})` })
    .from(sourceDocument)
    .innerJoin(partner, eq(partner.id, sourceDocument.partnerId));
  return db
    .select({
      partnerId: tierAssignment.partnerId,
      tier: tierAssignment.tier,
      effectiveFrom: tierAssignment.effectiveFrom,
      trailingRevenueMinor: tierAssignment.trailingRevenueMinor,
      currency: tierAssignment.currency,
      explanation: tierAssignment.explanation,
    })
    .from(tierAssignment)
    .innerJoin(partner, eq(partner.id, tierAssignment.partnerId))
    .where(inArray(sql`coalesce(${partner.mergedInto}, ${partner.id})`, sellers));
}

/** The current tier of each partner, by partner id. */
export async function currentTiers(
  db: Db,
  partnerIds: readonly string[],
): Promise<Map<string, TierAssessment>> {
  const rows = await db
    .selectDistinctOn([tierAssignment.partnerId])
    .from(tierAssignment)
    .where(isIn(tierAssignment.partnerId, partnerIds))
    .orderBy(tierAssignment.partnerId, desc(tierAssignment.effectiveFrom));
  return new Map(rows.map((row) => [row.partnerId, row]));
}
