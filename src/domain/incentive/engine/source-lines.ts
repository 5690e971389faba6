import {
  addExact,
  exact,
  exactOne,
  exactZero,
  multiplyExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { IncentiveComponent } from '#src/domain/incentive/component.ts';
import type { AttachedMemo, CreditPart, LiveDocument } from './documents.ts';
import type { DocumentFact, Share } from './facts.ts';
import type { KnownFacts } from './known-facts.ts';
import { isTooLate, releasedParts, type ReleasedPart } from './release.ts';
import { componentOf, versionOn } from './versions.ts';

/** A line of a document or of a credit memo that counts on its own date, before components look at it. */
export interface SourceLine {
  readonly origin: 'invoice' | 'pos';
  readonly document: string;
  /** 1-based. */
  readonly line: number;
  readonly booking: string;
  readonly partner: string | null;
  readonly shares: readonly Share[];
  readonly person: string | null;
  readonly product: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
  readonly saleRef: string | null;
  readonly currency: string;
  /** The document whose booking rate applies. */
  readonly rateDocument: DocumentFact;
  /** The signed amounts under a component; null when the component does not see the line. */
  amounts(terms: IncentiveComponent): CreditPart | null;
  parts(terms: IncentiveComponent): readonly ReleasedPart[];
}

/**
 * The lines of a document. A credit memo lowers them, or is a negative line on its own date, as the
 * component in force on the document's booking date says.
 */
export function sourceLines(known: KnownFacts, live: LiveDocument): readonly SourceLine[] {
  const { document, booking, memos } = live;
  const common = commonFields(known, document);
  const original = document.lines.map((line, place): SourceLine => {
    const whole: CreditPart = {
      net: exact(line.netMinor),
      tax: exact(line.taxMinor),
      quantity: line.quantity,
    };
    return {
      ...common,
      document: document.id,
      line: place + 1,
      booking,
      product: line.product,
      rateDocument: document,
      amounts: (terms) =>
        document.type === 'credit'
          ? scaled(whole, [-terms.clawbackShare[0], terms.clawbackShare[1]])
          : terms.credit === 'own_date'
            ? whole
            : lowered(whole, live, place, terms),
      parts: (terms) => releasedParts(live, terms),
    };
  });
  const ofMemos = memos.flatMap((attached) =>
    document.lines.map((line, place): SourceLine => {
      const { memo } = attached;
      return {
        ...common,
        document: memo.id,
        line: place + 1,
        booking: memo.date,
        product: line.product,
        rateDocument: memo,
        amounts: ({ code }) => negativeAmounts(known, live, attached, place, code),
        parts: () => [{ date: memo.date, payment: '', share: exactOne }],
      };
    }),
  );
  return [...original, ...ofMemos];
}

function commonFields(known: KnownFacts, document: DocumentFact) {
  const { partner, person, dealType, registered, saleRef } = document;
  return {
    origin: document.type === 'pos' ? ('pos' as const) : ('invoice' as const),
    partner,
    shares: sharesOf(known, document),
    person,
    dealType,
    registered,
    saleRef,
    currency: document.currency ?? known.program.currency,
  };
}

/** The shares of a document's partners; a partner that is named twice has one share. */
function sharesOf(known: KnownFacts, { id, shares, partner }: DocumentFact): readonly Share[] {
  const named = known.shares.get(id) ?? shares;
  if (named === null) return partner === null ? [] : [{ partner, share: exactOne }];
  const sums = new Map<string, Exact>();
  for (const one of named) sums.set(one.partner, addExact(sums.get(one.partner) ?? exactZero, one.share));
  return [...sums].map(([name, share]) => ({ partner: name, share }));
}

/** A line less its credit memos, as far as they are taken back. */
function lowered(
  whole: CreditPart,
  { booking, memos }: LiveDocument,
  place: number,
  { clawbackDays, clawbackShare }: IncentiveComponent,
): CreditPart {
  let left = whole;
  for (const { memo, parts } of memos) {
    const part = parts[place];
    if (part === undefined || isTooLate(memo.date, booking, clawbackDays)) continue;
    const counted = scaled(part, clawbackShare);
    left = {
      net: subtractExact(left.net, counted.net),
      tax: subtractExact(left.tax, counted.tax),
      quantity: subtractExact(left.quantity, counted.quantity),
    };
  }
  return left;
}

/** The negative line of a credit memo, if the component of the document counts memos on their own date. */
function negativeAmounts(
  known: KnownFacts,
  { booking }: LiveDocument,
  { memo, parts }: AttachedMemo,
  place: number,
  code: string,
): CreditPart | null {
  const { startsOn } = known.program;
  const version = versionOn(known.versions, booking < startsOn ? startsOn : booking);
  const terms = version === null ? null : componentOf(version, code);
  const part = parts[place];
  if (terms?.credit !== 'own_date' || part === undefined) return null;
  if (isEmpty(part) || isTooLate(memo.date, booking, terms.clawbackDays)) return null;
  return scaled(part, [-terms.clawbackShare[0], terms.clawbackShare[1]]);
}

function isEmpty({ net, tax, quantity }: CreditPart): boolean {
  return net[0] === 0n && tax[0] === 0n && quantity[0] === 0n;
}

function scaled({ net, tax, quantity }: CreditPart, factor: Exact): CreditPart {
  return {
    net: multiplyExact(net, factor),
    tax: multiplyExact(tax, factor),
    quantity: multiplyExact(quantity, factor),
  };
}
