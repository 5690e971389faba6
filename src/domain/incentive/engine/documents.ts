import { addExact, exact, exactZero, multiplyExact, type Exact } from '#src/domain/exact.ts';
import type { DocumentFact, DocumentLine, PaymentFact } from './facts.ts';
import type { KnownFacts } from './known-facts.ts';

/** The part of a credit memo that falls on one line of its document. Positive amounts. */
export interface CreditPart {
  readonly net: Exact;
  readonly tax: Exact;
  readonly quantity: Exact;
}

export interface AttachedMemo {
  readonly memo: DocumentFact;
  /** By the place of the document's line. */
  readonly parts: readonly CreditPart[];
}

/** A document that counts at a cut-off, with all that belongs to it. */
export interface LiveDocument {
  readonly document: DocumentFact;
  /** The day whose rules apply: of a reissue, by the setting, that of the document it replaces. */
  readonly booking: string;
  /** Sorted by date and id. */
  readonly memos: readonly AttachedMemo[];
  /** Sorted by date and id; without reversed ones. */
  readonly payments: readonly PaymentFact[];
}

export interface DocumentsAsOf {
  /** Invoices, lines of distributors' reports, and credit memos whose document is not there. */
  readonly live: readonly LiveDocument[];
  /** References of sales that a live invoice has. */
  readonly invoicedSales: ReadonlySet<string>;
  /** The documents that a reissue replaces, the nearest first. */
  readonly predecessors: (document: DocumentFact) => readonly DocumentFact[];
}

/** The documents that count on a day: the highest known version, unless dated later or gone by then. */
export function documentsAsOf(known: KnownFacts, cutOff: string): DocumentsAsOf {
  const present = new Map([...known.documents].filter(([, { date }]) => date <= cutOff));
  const successors = new Map<string, string[]>();
  for (const { id, replaces } of present.values())
    if (replaces !== null && replaces !== id)
      successors.set(replaces, [...(successors.get(replaces) ?? []), id].toSorted(byText));
  const isGone = (id: string) => (known.cancellations.get(id) ?? '~') <= cutOff || successors.has(id);
  const resolve = (id: string) => resolveDocument(id, present, successors, isGone);
  const predecessors = (document: DocumentFact) => predecessorsOf(document, present);

  const memos = new Map<string, DocumentFact[]>();
  const roots: DocumentFact[] = [];
  for (const document of present.values()) {
    if (isGone(document.id)) continue;
    const target = document.type === 'credit' && document.of !== null ? resolve(document.of) : 'unknown';
    if (document.type !== 'credit' || target === 'unknown') roots.push(document);
    else if (target !== 'gone') addTo(memos, target, document);
  }
  const payments = paymentsByDocument(known, cutOff, resolve);
  const live = roots.toSorted(byId).map((document) => ({
    document,
    booking: bookingDate(document, known, predecessors),
    memos: (memos.get(document.id) ?? [])
      .toSorted(byDateAndId)
      .map((memo) => ({ memo, parts: spreadMemo(memo.lines, document.lines) })),
    payments: (payments.get(document.id) ?? []).toSorted(byDateAndId),
  }));
  return {
    live,
    invoicedSales: new Set(
      live.flatMap(({ document: { type, saleRef } }) =>
        type === 'invoice' && saleRef !== null ? [saleRef] : [],
      ),
    ),
    predecessors,
  };
}

/** The live document that stands for an id, `gone` when it has none any more, or `unknown`. */
function resolveDocument(
  id: string,
  present: ReadonlyMap<string, DocumentFact>,
  successors: ReadonlyMap<string, readonly string[]>,
  isGone: (id: string) => boolean,
): string {
  const seen = new Set<string>();
  const search = (one: string): string | null => {
    if (seen.has(one)) return null;
    seen.add(one);
    const document = present.get(one);
    if (!isGone(one)) return document !== undefined && document.type !== 'credit' ? one : null;
    for (const next of successors.get(one) ?? []) {
      const found = search(next);
      if (found !== null) return found;
    }
    return null;
  };
  return search(id) ?? (isGone(id) ? 'gone' : 'unknown');
}

function predecessorsOf(
  document: DocumentFact,
  present: ReadonlyMap<string, DocumentFact>,
): readonly DocumentFact[] {
  const found: DocumentFact[] = [];
  let current: DocumentFact | undefined = document;
  while (current?.replaces !== undefined && current.replaces !== null) {
    const before = present.get(current.replaces);
    if (before === undefined || before.id === document.id || found.includes(before)) break;
    found.push(before);
    current = before;
  }
  return found;
}

function bookingDate(
  document: DocumentFact,
  known: KnownFacts,
  predecessors: (document: DocumentFact) => readonly DocumentFact[],
): string {
  if (known.program.settings.reissueDate === 'own') return document.date;
  return (predecessors(document).at(-1) ?? document).date;
}

function paymentsByDocument(
  known: KnownFacts,
  cutOff: string,
  resolve: (id: string) => string,
): ReadonlyMap<string, readonly PaymentFact[]> {
  const payments = new Map<string, PaymentFact[]>();
  for (const payment of known.payments.values()) {
    if (payment.date > cutOff || (known.reversals.get(payment.id) ?? '~') <= cutOff) continue;
    addTo(payments, resolve(payment.document), payment);
  }
  return payments;
}

/**
 * Spreads the lines of a credit memo over the lines of its document. A memo line that names a line goes
 * there; any other goes to all lines in proportion to their net amounts, or equally when these add up to 0.
 */
function spreadMemo(memo: readonly DocumentLine[], lines: readonly DocumentLine[]): readonly CreditPart[] {
  const netSum = lines.reduce((sum, { netMinor }) => sum + netMinor, 0n);
  const weight = (line: DocumentLine): Exact =>
    netSum === 0n ? exact(1n, BigInt(lines.length)) : exact(line.netMinor, netSum);
  return lines.map((line, place) => {
    let part: CreditPart = { net: exactZero, tax: exactZero, quantity: exactZero };
    for (const one of memo) {
      const names = one.line !== null && one.line >= 1 && one.line <= lines.length;
      if (names && one.line !== place + 1) continue;
      const share = names ? exact(1n) : weight(line);
      part = {
        net: addExact(part.net, multiplyExact(exact(one.netMinor), share)),
        tax: addExact(part.tax, multiplyExact(exact(one.taxMinor), share)),
        quantity: addExact(part.quantity, multiplyExact(one.quantity, share)),
      };
    }
    return part;
  });
}

function addTo<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return byText(a.id, b.id);
}

function byDateAndId(
  a: { readonly date: string; readonly id: string },
  b: { readonly date: string; readonly id: string },
): number {
  return byText(a.date, b.date) || byText(a.id, b.id);
}
