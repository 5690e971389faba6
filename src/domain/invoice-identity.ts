import { foldKey } from './document-key.ts';

/** A document as the ERP shows it now. */
export interface ShownDocument {
  /** The company of the vendor that issued it; empty where the ERP has only one. */
  readonly company: string;
  readonly kind: 'invoice' | 'credit_memo';
  readonly number: string;
  /** The year of issue where numbers restart each year, else 0. */
  readonly numberYear: number;
  readonly partnerId: string;
  readonly partnerCode: string;
  readonly currency: string;
  readonly issuedOn: string;
  readonly amountMinor: bigint;
  readonly appliesTo: string | null;
}

/** A booked document. */
export interface BookedDocument extends ShownDocument {
  readonly id: string;
  /** The partner that its partner has been merged into since. */
  readonly mergedInto: string | null;
  readonly appliesToId: string | null;
}

/** The documents with the same key are one, unless a person has said that they are several. */
export function documentKey({
  company,
  kind,
  number,
  numberYear,
}: Pick<ShownDocument, 'company' | 'kind' | 'number' | 'numberYear'>): string {
  return [foldKey(company), kind, foldKey(number), numberYear].join('|');
}

/**
 * True when the document may be booked to this partner: it is the same partner, or the one into which that was
 * merged, or the one that has its code since.
 */
export function isPartnerOf(
  booked: BookedDocument,
  shown: Pick<ShownDocument, 'partnerId' | 'partnerCode'>,
): boolean {
  if (booked.partnerId === shown.partnerId) return true;
  const hasItsCode = foldKey(booked.partnerCode) === foldKey(shown.partnerCode);
  return booked.mergedInto !== null && (booked.mergedInto === shown.partnerId || hasItsCode);
}

/**
 * What makes the shown document another one than the booked document with the same key. A change of the amount
 * or of the day of payment is a correction.
 */
export function identityDifferences(booked: BookedDocument, shown: ShownDocument): readonly string[] {
  return [
    ...(isPartnerOf(booked, shown) ? [] : [`partner ${shown.partnerCode} instead of ${booked.partnerCode}`]),
    ...(booked.currency === shown.currency
      ? []
      : [`currency ${shown.currency} instead of ${booked.currency}`]),
    ...(booked.issuedOn.slice(0, 4) === shown.issuedOn.slice(0, 4)
      ? []
      : [`issued on ${shown.issuedOn} instead of ${booked.issuedOn}`]),
  ];
}

export type CreditedInvoice =
  | { readonly is: 'found'; readonly invoice: BookedDocument }
  | { readonly is: 'other'; readonly invoice: BookedDocument }
  | { readonly is: 'several' }
  | { readonly is: 'unknown' };

/**
 * The invoice that a credit memo corrects: same company, partner and currency. Where numbers restart, an
 * invoice that was issued after the credit memo is not meant.
 */
export function creditedInvoice(memo: ShownDocument, invoices: readonly BookedDocument[]): CreditedInvoice {
  const number = foldKey(memo.appliesTo ?? '');
  const company = foldKey(memo.company);
  const named = invoices.filter(
    (one) => one.kind === 'invoice' && foldKey(one.number) === number && foldKey(one.company) === company,
  );
  const fitting = named.filter((one) => isPartnerOf(one, memo) && one.currency === memo.currency);
  const earlier = fitting.filter((one) => one.issuedOn <= memo.issuedOn);
  const [invoice, another] = fitting.length > 1 ? earlier : fitting;
  if (another !== undefined || (fitting.length > 1 && invoice === undefined)) return { is: 'several' };
  if (invoice !== undefined) return { is: 'found', invoice };
  const [other] = named;
  return other === undefined ? { is: 'unknown' } : { is: 'other', invoice: other };
}
