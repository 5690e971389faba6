/** A partner that became part of another. */
export interface PartnerMerge {
  /** The one it was merged into, which may have been merged itself since. */
  readonly into: string;
  /** The month it happened in, `YYYY-MM`. */
  readonly period: string;
}

/** By the partner that was merged away. */
export type PartnerMerges = ReadonlyMap<string, PartnerMerge>;

/**
 * As whom a partner counts in a month (`YYYY-MM`): as itself up to the month in which it was merged, as the
 * other from the next one on. Tiers are held from the first of a month; were it to count at once, what that
 * month has earned already would be rated again.
 */
export function partnerIn(period: string, partnerId: string, merges: PartnerMerges): string {
  let id = partnerId;
  for (let merge = merges.get(id); merge !== undefined && merge.period < period; merge = merges.get(id))
    id = merge.into;
  return id;
}
