import type { KnownFacts } from './known-facts.ts';
import { lastDayOf } from './windows.ts';

/** Who a partner is for a document booked on a day: what it became by merges up to then. */
export function partnerOn(known: KnownFacts, partner: string, booking: string): string {
  let current = partner;
  for (
    let merge = known.merges.get(current);
    merge !== undefined && merge.date <= booking;
    merge = known.merges.get(current)
  )
    current = merge.into;
  return current;
}

/**
 * The payee whose bucket holds a window of this payee: a merge that pools moves the windows that ended on or
 * after its day. `applies` says which merges count by then.
 */
export function pooledPayee(
  known: KnownFacts,
  payee: string,
  lastMonth: string,
  applies: (date: string) => boolean,
): string {
  let current = payee;
  const end = lastDayOf(lastMonth);
  for (;;) {
    const merge = known.merges.get(current);
    if (merge === undefined || !applies(merge.date)) return current;
    if ((merge.windows ?? known.program.settings.mergeWindows) !== 'pool' || end < merge.date) return current;
    current = merge.into;
  }
}

/** Who holds a payee's balances once these merges have happened. */
export function successorOf(known: KnownFacts, payee: string, applies: (date: string) => boolean): string {
  let current = payee;
  for (
    let merge = known.merges.get(current);
    merge !== undefined && applies(merge.date);
    merge = known.merges.get(current)
  )
    current = merge.into;
  return current;
}
