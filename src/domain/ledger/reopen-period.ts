import type { BatchStatus } from '#src/domain/payouts/lifecycle.ts';

/** The part of a batch that is compared when two people reopen a period. */
export interface BatchOfPeriod {
  readonly key: string;
  readonly status: BatchStatus;
  readonly contentHash: string;
}

/**
 * The reasons why a period cannot be reopened, one sentence each. It can be only while nothing
 * of it was approved or left Fairway: afterwards a correction goes into the next open month.
 */
export function reopeningBlockers(
  period: string,
  { lastClosed, batches }: { readonly lastClosed: string | null; readonly batches: readonly BatchOfPeriod[] },
): string[] {
  if (lastClosed !== period)
    return [`Only the month that was closed last can be taken back, which is ${lastClosed ?? 'none'}.`];
  return batches
    .filter(({ status }) => status === 'approved' || status === 'exported')
    .map(
      ({ key, status }) =>
        `Payout batch ${key} is ${status}. ${
          status === 'approved' ? 'Return it to draft first.' : 'Correct it in the next open month.'
        }`,
    );
}

/** True when both are the same batches with the same amounts. */
export function areSameBatches(
  seen: readonly Pick<BatchOfPeriod, 'key' | 'contentHash'>[],
  now: readonly Pick<BatchOfPeriod, 'key' | 'contentHash'>[],
): boolean {
  const known = new Map(seen.map(({ key, contentHash }) => [key, contentHash]));
  return seen.length === now.length && now.every(({ key, contentHash }) => known.get(key) === contentHash);
}
