import type { AccrualTrace, DesiredAccrual } from '#src/domain/incentive/accrual.ts';

/** Debit positive, credit negative. */
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

/** What has been posted so far for one document, component and currency to one partner. */
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
   * accrual: first credit for a document · clawback: first debit, by a credit memo · adjustment: changes what
   * was posted.
   */
  readonly reason: 'accrual' | 'adjustment' | 'clawback';
  /** Null when a document is reversed because it earns nothing any more. */
  readonly trace: AccrualTrace | null;
}

/**
 * What still has to be posted: desired less posted, never a change of what was. A document that is no longer
 * desired is reversed; one that moved to another partner is reversed there and credited here. Posted amounts
 * are added up by what the values say; their keys only have to differ. Running it again after posting gives
 * nothing.
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

/** The entry for a delta: what it costs us against what the partner has coming. Balanced by construction. */
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
