import type { RemoteFailure } from './failures.ts';
import type { RemoteSystem } from './remote-system.ts';

/** An ERP: Fairway reads its invoices, credit memos and payments, and delivers payouts to it. */
export interface ErpConnector extends RemoteSystem {
  readonly role: 'erp';
  /**
   * Hands over the payouts of one batch. A repeated delivery of the same batch must not pay anything twice.
   * @returns one outcome for each payout, in any order
   * @throws ConnectorError when the whole call fails
   */
  deliverPayouts(batch: PayoutBatchContent): Promise<readonly PayoutOutcome[]>;
}

/** The payouts of one month and currency, which finance approves together. */
export interface PayoutBatchContent {
  /** E.g. `2026-10-USD`. */
  readonly key: string;
  /** True until two people have approved the batch and it was released. A draft must not be paid. */
  readonly draft: boolean;
  readonly payouts: readonly Payout[];
}

/** The amount that one partner gets. */
export interface Payout {
  /** Identifies the payout, e.g. `2026-10:P-0001:USD`. A key is paid at most once. */
  readonly key: string;
  /** The month it was earned in, `YYYY-MM`. */
  readonly period: string;
  /** The partner's number in the ERP. */
  readonly partnerCode: string;
  readonly partnerName: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly amountMinor: bigint;
  /** The number of accruals that the amount is the sum of. */
  readonly lineCount: number;
}

export type PayoutOutcome =
  | { readonly key: string; readonly ok: true; readonly extId: string }
  | { readonly key: string; readonly ok: false; readonly failure: RemoteFailure };

/** A file with the payouts of one batch, for people to download. */
export interface PayoutFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}
