/** A partner that was merged into another partner. */
export interface PartnerMerge {
  /** The partner it was merged into, which may have been merged since. */
  readonly into: string;
  /** The month of the merge, `YYYY-MM`. */
  readonly period: string;
}

/** By the id of the merged partner. */
export type PartnerMerges = ReadonlyMap<string, PartnerMerge>;

/**
 * The partner that a partner counts as in a month (`YYYY-MM`): itself up to the month of its merge, the other
 * partner from the next month on. Tiers apply from the first of a month; if the merge counted at once,
 * commissions that were already earned in that month would change.
 */
export function partnerIn(period: string, partnerId: string, merges: PartnerMerges): string {
  let id = partnerId;
  for (let merge = merges.get(id); merge !== undefined && merge.period < period; merge = merges.get(id))
    id = merge.into;
  return id;
}
