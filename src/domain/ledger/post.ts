import type { AccrualTrace, DesiredAccrual } from '#src/domain/incentive/accrual.ts';

/** In entries a debit is positive and a credit negative. */
export const ledgerAccounts = [
  'expense',
  'accrued',
  'held',
  'payable',
  'in_transit',
  'paid',
  'receivable_from_partner',
  'rounding',
] as const;
export type LedgerAccount = (typeof ledgerAccounts)[number];

/** The amount posted so far for one document, component, currency and partner. */
export interface PostedAccrual {
  readonly documentId: string;
  readonly partnerId: string;
  readonly component: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

export interface Delta {
  readonly documentId: string;
  readonly partnerId: string;
  readonly component: string;
  readonly currency: string;
  readonly deltaMinor: bigint;
  /**
   * accrual: first credit for a document · clawback: first debit, by a credit memo · adjustment: any later
   * change.
   */
  readonly reason: 'accrual' | 'adjustment' | 'clawback';
  /** Null if the document is reversed because it no longer earns anything. */
  readonly trace: AccrualTrace | null;
}

/**
 * Calculates the missing postings: desired minus posted. Existing postings are never changed. A document that
 * is no longer desired is reversed; a document that moved to another partner is reversed for the old partner
 * and credited to the new one. After posting the result, a second run returns nothing.
 *
 * @param posted in any number of parts; they are summed by their values, and the keys of the map only have to
 * differ
 */
export function deltaPostings(
  desired: readonly DesiredAccrual[],
  posted: ReadonlyMap<string, PostedAccrual>,
): Delta[] {
  const sums = new Map<string, PostedAccrual>();
  for (const one of posted.values()) {
    const key = accrualKey(one);
    sums.set(key, { ...one, amountMinor: one.amountMinor + (sums.get(key)?.amountMinor ?? 0n) });
  }
  const wanted = new Set(desired.map(accrualKey));
  const changes = desired.map((one) => changeOf(one, sums.get(accrualKey(one))?.amountMinor ?? 0n));
  const reversals = [...sums.values()].filter((one) => !wanted.has(accrualKey(one))).map(reversalOf);
  return [...changes, ...reversals]
    .filter(({ deltaMinor }) => deltaMinor !== 0n)
    .toSorted((a, b) => (accrualKey(a) < accrualKey(b) ? -1 : 1));
}

/** The journal entry for a delta, expense against accrued. It is always balanced. */
export function journalOf(
  delta: Pick<Delta, 'deltaMinor'>,
): { account: LedgerAccount; amountMinor: bigint }[] {
  return [
    { account: 'expense', amountMinor: delta.deltaMinor },
    { account: 'accrued', amountMinor: -delta.deltaMinor },
  ];
}

function changeOf(desired: DesiredAccrual, postedMinor: bigint): Delta {
  const { documentId, partnerId, component, currency, amountMinor, trace } = desired;
  const first = amountMinor < 0n ? 'clawback' : 'accrual';
  return {
    documentId,
    partnerId,
    component,
    currency,
    deltaMinor: amountMinor - postedMinor,
    reason: postedMinor === 0n ? first : 'adjustment',
    trace,
  };
}

function reversalOf({ documentId, partnerId, component, currency, amountMinor }: PostedAccrual): Delta {
  return {
    documentId,
    partnerId,
    component,
    currency,
    deltaMinor: -amountMinor,
    reason: 'adjustment',
    trace: null,
  };
}

function accrualKey(one: Omit<PostedAccrual, 'amountMinor'>): string {
  return `${one.documentId}|${one.component}|${one.currency}|${one.partnerId}`;
}
