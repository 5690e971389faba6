/**
 * An invoice or credit memo with the fields that tiers and incentives need. Amounts are positive minor units;
 * a credit memo subtracts.
 */
export interface InvoiceFact {
  readonly id: string;
  readonly number: string;
  readonly kind: 'invoice' | 'credit_memo';
  /** The partner who is credited. A merged partner is replaced by the partner it was merged into. */
  readonly partnerId: string;
  /**
   * The partner who sold it, if that partner has since been merged into `partnerId`. The seller's own tier
   * sets the rate for sales from before the merge.
   */
  readonly soldBy?: string | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** `YYYY-MM-DD`. The month of issue sets the rate. */
  readonly issuedOn: string;
  /**
   * `YYYY-MM-DD`. The payment releases the commission. A credit memo counts as paid on its issue date. Null
   * while unpaid.
   */
  readonly paidOn: string | null;
  /**
   * The number of the invoice that a credit memo corrects (same partner and currency), if the ERP gives it.
   */
  readonly appliesTo?: string | null;
  /** The id of that invoice, once it is known. */
  readonly appliesToId?: string | null;
}
