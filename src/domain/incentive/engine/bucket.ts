import type { Window } from './windows.ts';

/** Amounts are rounded, posted and settled by component, payee, currency and window. */
export interface BucketId {
  readonly component: string;
  readonly payee: string;
  readonly currency: string;
  readonly window: Window;
}

export function bucketKey({ component, payee, currency, window }: BucketId): string {
  return JSON.stringify([component, payee, currency, window.key]);
}

/** By component, payee, currency and window, for results that do not depend on the order of the facts. */
export function compareBuckets(a: BucketId, b: BucketId): number {
  return (
    compareText(a.component, b.component) ||
    compareText(a.payee, b.payee) ||
    compareText(a.currency, b.currency) ||
    compareText(a.window.key, b.window.key)
  );
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
