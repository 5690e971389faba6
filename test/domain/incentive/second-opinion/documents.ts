/** The documents as they are known at a cut-off: which are there, which are gone, and what counts for them. */
import { addExact, exact, exactZero, multiplyExact, parseExact, type Exact } from '#src/domain/exact.ts';
import type { HistoryEvent, Program, Share } from './format.ts';

export interface BookLine {
  readonly number: number;
  readonly product: string | null;
  readonly net: Exact;
  readonly tax: Exact;
  readonly quantity: Exact;
}

export interface Memo {
  readonly id: string;
  readonly date: string;
  /** The parts of the memo by the line of its document; positive amounts. */
  readonly parts: readonly BookLine[];
}

export interface Payment {
  readonly id: string;
  readonly date: string;
  readonly amount: Exact;
}

export interface Document {
  readonly id: string;
  readonly source: 'invoice' | 'pos';
  readonly standaloneMemo: boolean;
  readonly booking: string;
  readonly currency: string;
  readonly partner: string | null;
  readonly shares: readonly Share[];
  readonly person: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
  readonly saleRef: string | null;
  readonly lines: readonly BookLine[];
  readonly memos: readonly Memo[];
  readonly payments: readonly Payment[];
}

const documentTypes = new Set(['invoice', 'pos', 'credit']);

export function dateOf(event: HistoryEvent): string {
  return event.date ?? event.on;
}

function written(value: string | number | undefined): Exact {
  return value === undefined ? exactZero : parseExact(value);
}

/** The highest version of each document; of versions with the same number the one known first. */
function highestVersions(events: readonly HistoryEvent[]): ReadonlyMap<string, HistoryEvent> {
  const highest = new Map<string, HistoryEvent>();
  for (const event of events) {
    if (!documentTypes.has(event.type) || event.id === undefined) continue;
    const before = highest.get(event.id);
    if (before === undefined || (event.version ?? 1) > (before.version ?? 1)) highest.set(event.id, event);
  }
  return highest;
}

export class Papers {
  readonly known: ReadonlyMap<string, HistoryEvent>;
  readonly #events: readonly HistoryEvent[];
  readonly #cutOff: string;
  readonly #program: Program;
  #documents: readonly Document[] | null = null;

  constructor(events: readonly HistoryEvent[], cutOff: string, program: Program) {
    this.known = highestVersions(events);
    this.#events = events;
    this.#cutOff = cutOff;
    this.#program = program;
  }

  /** The version that counts, when its date has been reached. */
  present(id: string): HistoryEvent | null {
    const event = this.known.get(id);
    return event !== undefined && dateOf(event) <= this.#cutOff ? event : null;
  }

  #cancelled(id: string): boolean {
    return this.#events.some(
      (event) => event.type === 'cancel' && event.doc === id && dateOf(event) <= this.#cutOff,
    );
  }

  #replacementOf(id: string): HistoryEvent | null {
    for (const event of this.known.values())
      if (event.replaces === id && event.id !== undefined && this.present(event.id) !== null) return event;
    return null;
  }

  #gone(id: string): boolean {
    return this.#cancelled(id) || this.#replacementOf(id) !== null;
  }

  isLive(id: string): boolean {
    return this.present(id) !== null && !this.#gone(id);
  }

  /** The document that stands for this one now: itself, its replacement, none at all, or one not known yet. */
  successor(id: string): { readonly id: string } | 'none' | 'unknown' {
    if (this.isLive(id)) return { id };
    const replacement = this.#replacementOf(id);
    if (replacement?.id !== undefined) {
      const next = this.successor(replacement.id);
      return next === 'unknown' ? 'none' : next;
    }
    return this.#gone(id) ? 'none' : 'unknown';
  }

  /** A replacement has the booking date of what it replaces, unless the programme dates it by itself. */
  booking(event: HistoryEvent): string {
    const replaced = event.replaces === undefined ? null : this.present(event.replaces);
    if (replaced === null || this.#program.settings?.reissueDate === 'own') return dateOf(event);
    return this.booking(replaced);
  }

  /** Every document that is live at the cut-off, with the memos that have no invoice as documents too. */
  documents(): readonly Document[] {
    return (this.#documents ??= this.#liveDocuments());
  }

  #liveDocuments(): readonly Document[] {
    const found: Document[] = [];
    for (const [id, event] of this.known) {
      if (!this.isLive(id)) continue;
      if (event.type === 'credit') {
        if (event.of === undefined || this.successor(event.of) === 'unknown')
          found.push(this.#standalone(id, event));
        continue;
      }
      found.push(this.#document(id, event));
    }
    return found;
  }

  #document(id: string, event: HistoryEvent): Document {
    const lines = linesOf(event, 1n);
    return {
      id,
      source: event.type === 'pos' ? 'pos' : 'invoice',
      standaloneMemo: false,
      booking: this.booking(event),
      ...this.#header(id, event),
      lines,
      memos: this.#memosOf(id, lines),
      payments: event.type === 'pos' ? [] : this.#paymentsOf(id),
    };
  }

  #standalone(id: string, event: HistoryEvent): Document {
    return {
      id,
      source: 'invoice',
      standaloneMemo: true,
      booking: dateOf(event),
      ...this.#header(id, event),
      lines: linesOf(event, -1n),
      memos: [],
      payments: [],
    };
  }

  #header(id: string, event: HistoryEvent) {
    const moved = this.#events.findLast((one) => one.type === 'shares' && one.doc === id)?.shares;
    const partner = event.partner ?? null;
    return {
      currency: event.currency ?? this.#program.currency,
      partner,
      shares: moved ?? event.shares ?? (partner === null ? [] : [{ partner, percent: 100 }]),
      person: event.person ?? null,
      dealType: event.dealType ?? null,
      registered: event.registered ?? false,
      saleRef: event.saleRef ?? null,
    };
  }

  #memosOf(id: string, lines: readonly BookLine[]): readonly Memo[] {
    const memos: Memo[] = [];
    for (const [memoId, event] of this.known) {
      if (event.type !== 'credit' || event.of === undefined || !this.isLive(memoId)) continue;
      const of = this.successor(event.of);
      if (typeof of === 'string' || of.id !== id) continue;
      memos.push({ id: memoId, date: dateOf(event), parts: spread(event, lines) });
    }
    return memos;
  }

  #paymentsOf(id: string): readonly Payment[] {
    const reversed = new Set(
      this.#events
        .filter((event) => event.type === 'payment_reversed' && dateOf(event) <= this.#cutOff)
        .map((event) => event.payment),
    );
    const payments = new Map<string, Payment>();
    const seen = new Set<string>();
    for (const event of this.#events) {
      if (event.type !== 'payment' || event.id === undefined || event.doc === undefined) continue;
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      if (dateOf(event) > this.#cutOff || reversed.has(event.id)) continue;
      const of = this.successor(event.doc);
      if (typeof of === 'string' || of.id !== id) continue;
      payments.set(event.id, { id: event.id, date: dateOf(event), amount: written(event.amountMinor) });
    }
    return [...payments.values()].toSorted((a, b) =>
      a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date < b.date ? -1 : 1,
    );
  }
}

function linesOf(event: HistoryEvent, sign: bigint): readonly BookLine[] {
  return (event.lines ?? [event]).map((line, place) => ({
    number: place + 1,
    product: line.product ?? event.product ?? null,
    net: multiplyExact(written(line.netMinor), exact(sign)),
    tax: multiplyExact(written(line.taxMinor), exact(sign)),
    quantity: multiplyExact(written(line.qty), exact(sign)),
  }));
}

/** A part of a memo without a line is spread over the lines of the invoice by their net. */
function spread(memo: HistoryEvent, lines: readonly BookLine[]): readonly BookLine[] {
  let total = exactZero;
  for (const { net } of lines) total = addExact(total, net);
  return (memo.lines ?? [memo]).flatMap((part) =>
    lines
      .filter(({ number }) => part.line === undefined || part.line === number)
      .map((line) => {
        const share =
          part.line !== undefined
            ? exact(1n)
            : total[0] === 0n
              ? exact(1n, BigInt(lines.length))
              : multiplyExact(line.net, exact(total[1], total[0]));
        return {
          number: line.number,
          product: line.product,
          net: multiplyExact(written(part.netMinor), share),
          tax: multiplyExact(written(part.taxMinor), share),
          quantity: multiplyExact(written(part.qty), share),
        };
      }),
  );
}
