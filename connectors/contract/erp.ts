import type { RemoteFailure } from './failures.ts';
import type { FileReading, RefusedRow } from './records.ts';
import type { AccessCheck, RemoteSystem } from './remote-system.ts';

/** An ERP: Fairway reads its invoices, credit memos and payments, and delivers payouts to it. */
export interface ErpConnector extends RemoteSystem {
  readonly role: 'erp';
  /**
   * Hands over the payouts of one batch. A repeated delivery of the same batch must not pay anything twice.
   * @returns one outcome for each payout, in any order
   * @throws ConnectorError when the whole call fails
   */
  deliverPayouts(batch: PayoutBatchContent): Promise<readonly PayoutOutcome[]>;
  /**
   * Puts the receipts of files beside them, for an ERP that sends files. A file that is gone gets none.
   * @throws ConnectorError when a receipt cannot be written
   */
  saveReceipts?(receipts: readonly FileReceipt[]): Promise<void>;
  /** Asks for everything that Fairway uses, says what it would read, and leaves nothing behind. */
  checkAccess?(): Promise<readonly AccessCheck[]>;
}

/** What became of a file: which of its rows were accepted, and which were not, with the reason. */
export interface FileReceipt extends FileReading {
  /** ISO 8601 UTC. */
  readonly readAt: string;
  readonly accepted: number;
  /** Rows that were read and are not booked: they wait for a partner, an invoice or an answer of finance. */
  readonly waiting: readonly (RefusedRow & { readonly document: string })[];
  /** Rows whose values replaced those of an earlier row. */
  readonly corrections: readonly {
    readonly line: number;
    readonly document: string;
    readonly replaced: { readonly file: string; readonly line: number; readonly fields: readonly string[] };
  }[];
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
