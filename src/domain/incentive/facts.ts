import type { Rate } from '#src/domain/program/program.ts';

/**
 * An invoice or credit memo, as far as tiers and incentives care. Amounts are positive minor units; a credit
 * memo subtracts.
 */
export interface InvoiceFact {
  readonly id: string;
  readonly number: string;
  readonly kind: 'invoice' | 'credit_memo';
  /** Who is credited: always a partner that was not merged itself. */
  readonly partnerId: string;
  /**
   * Who sold it, when that one has been merged into `partnerId` since: its tier rates what it sold before.
   */
  readonly soldBy?: string | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** `YYYY-MM-DD`. The booking sets the rate … */
  readonly issuedOn: string;
  /**
   * … and the cash releases the payment. A credit memo counts as paid on its issue date. Null while unpaid.
   */
  readonly paidOn: string | null;
  /**
   * The number of the invoice a credit memo corrects, of the same partner and currency, when the ERP says.
   */
  readonly appliesTo?: string | null;
}

/** What a partner should have been credited for one document under one component. */
export interface DesiredAccrual {
  readonly documentId: string;
  readonly partnerId: string;
  readonly component: string;
  readonly currency: string;
  /** Signed: a credit memo takes back. */
  readonly amountMinor: bigint;
  readonly trace: AccrualTrace;
}

/** Enough to recompute the amount by hand. */
export interface AccrualTrace {
  readonly document: string;
  readonly basisMinor: bigint;
  readonly tier: string;
  readonly tierAsOf: string;
  readonly rate: Rate;
  readonly programVersion: number;
}

export interface TierAssessment {
  readonly partnerId: string;
  readonly tier: string;
  /** First day of the month from which it applies, `YYYY-MM-DD`. */
  readonly effectiveFrom: string;
  readonly trailingRevenueMinor: bigint;
  readonly currency: string;
  /** One sentence for the CRM: what holds the tier and what the next one needs. */
  readonly explanation: string;
}
