import type { Exact } from '#src/domain/exact.ts';
import type { Expectation, IncentiveComponent } from '#src/domain/incentive/component.ts';
import type { BucketId } from './bucket.ts';

export interface Share {
  readonly partner: string;
  /** The shares of a document add up to 1. */
  readonly share: Exact;
}

/** Amounts of a credit memo are positive. */
export interface DocumentLine {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly quantity: Exact;
  readonly product: string | null;
  /** Only of a credit memo: the 1-based line of the document that it names. */
  readonly line: number | null;
}

/** One version of an invoice, a line of a distributor's report, or a credit memo. */
export interface DocumentFact {
  readonly type: 'invoice' | 'pos' | 'credit';
  readonly id: string;
  readonly version: number;
  readonly date: string;
  readonly partner: string | null;
  /** Null only for a credit memo that has the currency of the document it names. */
  readonly currency: string | null;
  readonly lines: readonly DocumentLine[];
  readonly shares: readonly Share[] | null;
  readonly person: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
  /** The same sale has the same reference in an invoice and in a distributor's report. */
  readonly saleRef: string | null;
  /** An invoice that this one replaces. */
  readonly replaces: string | null;
  /** The document that a credit memo corrects. */
  readonly of: string | null;
}

export interface PaymentFact {
  readonly type: 'payment';
  readonly id: string;
  readonly document: string;
  readonly date: string;
  /** In the document's currency, tax included. Negative for a refund. */
  readonly amountMinor: bigint;
}

export interface MergeFact {
  readonly type: 'merge';
  readonly from: string;
  readonly into: string;
  readonly date: string;
  /** The day it was learnt. */
  readonly on: string;
  /** Null is the programme's setting. */
  readonly windows: 'keep' | 'pool' | null;
}

export interface AdjustmentFact {
  readonly type: 'adjust';
  readonly component: string;
  readonly partner: string;
  readonly period: string;
  readonly currency: string;
  readonly date: string;
  readonly amountMinor: bigint;
}

/** The amount that the outcome of a dispute adds to the bucket of the disputed line. */
export interface BucketAdjustment {
  readonly bucket: BucketId;
  readonly date: string;
  readonly amountMinor: bigint;
}

export interface EstimateFact {
  readonly type: 'estimate';
  readonly component: string;
  readonly partner: string;
  readonly date: string;
  readonly expected: Expectation;
}

export interface BaselineFact {
  readonly type: 'baseline';
  readonly component: string;
  readonly partner: string;
  readonly currency: string;
  /** The first month of the window. */
  readonly period: string;
  readonly amount: Exact;
}

export interface TierFact {
  readonly type: 'tier';
  readonly partner: string;
  readonly tier: string;
  readonly from: string;
}

export interface ExchangeRateFact {
  readonly type: 'fx';
  /** `EUR/USD`: the rate gives dollars for one euro. */
  readonly pair: string;
  readonly from: string;
  readonly rate: Exact;
}

/** Everything that decides what is earned. Facts are learnt in some order and never change. */
export type IncentiveFact =
  | DocumentFact
  | PaymentFact
  | MergeFact
  | AdjustmentFact
  | EstimateFact
  | BaselineFact
  | TierFact
  | ExchangeRateFact
  | { readonly type: 'shares'; readonly document: string; readonly shares: readonly Share[] }
  | { readonly type: 'cancel'; readonly document: string; readonly date: string }
  | { readonly type: 'payment_reversed'; readonly payment: string; readonly date: string }
  | {
      readonly type: 'program_version';
      readonly effective: string;
      readonly components: readonly IncentiveComponent[];
    };
