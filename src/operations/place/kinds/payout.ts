import { knownPayoutIds } from '#src/db/payouts/payout-store.ts';
import type { PlaceContext, PlacingResult, RecordToPlace } from './place-context.ts';

/**
 * Payouts are read back only to compare them: Fairway decides all their values, so nothing is stored. A record
 * that Fairway did not create is left alone.
 */
export async function placePayouts(
  { tx }: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const known = await knownPayoutIds(
    tx,
    records.map(({ id }) => id),
  );
  return { placed: records.filter(({ id }) => known.has(id)), failed: [], incomplete: [] };
}
