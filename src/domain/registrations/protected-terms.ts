import { formatMinor } from '#src/domain/money.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';

/** The terms for which a registration is protected: those that the CRM showed when it was approved. */
export interface ProtectedTerms {
  readonly partnerId: string;
  readonly partnerName: string;
  readonly customerName: string;
  readonly customerDomain: string | null;
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  /** Minor units as an integer text, because terms are stored as JSON. */
  readonly amountMinor: string | null;
  readonly currency: string | null;
}

/** Approved terms, and the instant from which their precedence counts. */
export interface ApprovedTerms extends ProtectedTerms {
  /** ISO instant. */
  readonly since: string;
  /** `termsSince` of the registration at the approval, ISO. */
  readonly termsSince: string | null;
}

/** Terms that somebody entered in the CRM after the approval. */
export interface EditedTerms extends ProtectedTerms {
  /** ISO instant of the edit. */
  readonly since: string;
  /** `waiting`: a person decides · `rejected`: the approved terms remain, and the CRM record differs from them. */
  readonly state: 'waiting' | 'rejected';
}

type StoredTerms = Omit<ProtectedTerms, 'amountMinor'> & { readonly amountMinor: bigint | null };

/** The terms of a registration as it is stored now. */
export function termsNow(row: StoredTerms): ProtectedTerms {
  const { partnerId, partnerName, customerName, customerDomain, customerCountry, productFamily, dealType } =
    row;
  return {
    partnerId,
    partnerName,
    customerName,
    customerDomain,
    customerCountry,
    productFamily,
    dealType,
    amountMinor: row.amountMinor?.toString() ?? null,
    currency: row.currency,
  };
}

/** As people call the fields. */
const fieldNames = {
  customerName: 'customer name',
  customerDomain: 'customer domain',
  customerCountry: 'customer country',
  productFamily: 'product family',
  dealType: 'deal type',
  partner: 'partner',
  amount: 'amount',
} as const;

/** A term that was changed after the approval. */
export interface TermChange {
  /** Fairway's field. */
  readonly local: keyof typeof fieldNames;
  readonly before: string | null;
  readonly after: string | null;
  /** True when the registration is about another deal now, so that its precedence counts from the edit. */
  readonly isAnotherDeal: boolean;
}

/** The programme's setting that says which edits matter. */
export type EditPolicy = Pick<EngagementPolicy, 'amountChangePercent'>;

/**
 * The terms in which a registration differs from what was approved. Case, spaces and an amount within the
 * programme's limit are no difference. Partners are compared by id; `before.partnerId` is the id after merges.
 */
export function termChanges(
  before: ProtectedTerms,
  after: ProtectedTerms,
  policy: EditPolicy,
): readonly TermChange[] {
  const texts = (
    ['customerName', 'customerDomain', 'customerCountry', 'productFamily', 'dealType'] as const
  ).flatMap((local) =>
    isSameText(before[local], after[local])
      ? []
      : [{ local, before: before[local], after: after[local], isAnotherDeal: true }],
  );
  return [
    ...texts,
    ...(before.partnerId === after.partnerId
      ? []
      : [
          {
            local: 'partner' as const,
            before: before.partnerName,
            after: after.partnerName,
            isAnotherDeal: true,
          },
        ]),
    ...amountChange(before, after, policy),
  ];
}

/** True when the terms are the same as those that a person has seen before. */
export function areSameTerms(a: ProtectedTerms, b: ProtectedTerms): boolean {
  return termChanges(a, b, { amountChangePercent: 0 }).length === 0;
}

function amountChange(
  before: ProtectedTerms,
  after: ProtectedTerms,
  { amountChangePercent }: EditPolicy,
): readonly TermChange[] {
  const [old, now] = [termsAmount(before), termsAmount(after)];
  if (old === now) return [];
  if (before.currency === after.currency && before.amountMinor !== null && after.amountMinor !== null) {
    const [from, to] = [BigInt(before.amountMinor), BigInt(after.amountMinor)];
    const difference = to > from ? to - from : from - to;
    const size = from < 0n ? -from : from;
    if (difference * 10_000n <= size * BigInt(Math.round(amountChangePercent * 100))) return [];
  }
  return [{ local: 'amount', before: old, after: now, isAnotherDeal: false }];
}

/** `1234.50 USD` */
export function termsAmount({ amountMinor, currency }: ProtectedTerms): string | null {
  if (amountMinor === null || currency === null) return null;
  return `${formatMinor(BigInt(amountMinor), currency)} ${currency}`;
}

function isSameText(a: string | null, b: string | null): boolean {
  const plain = (text: string | null): string =>
    (text ?? '').normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  return plain(a) === plain(b);
}

/** `customer name "Acme" → "Beta"`. Without a value: `none`. */
export function changeText({ local, before, after }: TermChange): string {
  const quoted = (value: string | null): string => (value === null || value === '' ? 'none' : `"${value}"`);
  return `${fieldNames[local]} ${quoted(before)} → ${quoted(after)}`;
}

/** The same for the partner, who must not read the name of another partner. */
export function publicChangeText(change: TermChange): string {
  return change.local === 'partner' ? fieldNames.partner : changeText(change);
}

/** The changed fields without their values: `customer name, amount`. */
export function changedTerms(changes: readonly TermChange[]): string {
  return changes.map(({ local }) => fieldNames[local]).join(', ');
}
