/** The versions, tiers, exchange rates and merges that are known, and what a close has fixed of them. */
import {
  addExact,
  compareExact,
  divideExact,
  exact,
  exactOne,
  exactZero,
  multiplyExact,
  parseExact,
  type Exact,
} from '#src/domain/exact.ts';
import { dateOf, Papers } from './documents.ts';
import type { Component, HistoryEvent, Program, Version } from './format.ts';
import { monthsAfter, earlier, endOfMonth, monthOf, type Window } from './months.ts';

/** What closes have fixed: tiers of months, and the rates that documents and payments have used. */
export interface Fixed {
  readonly tiers: Map<string, string>;
  readonly rates: Map<string, Exact>;
}

export interface Merge {
  readonly from: string;
  readonly into: string;
  readonly date: string;
  readonly pool: boolean;
}

export class Rules {
  readonly program: Program;
  readonly papers: Papers;
  readonly cutOff: string;
  readonly merges: readonly Merge[];
  readonly #versions: readonly Version[];
  readonly #events: readonly HistoryEvent[];
  readonly #fixed: Fixed;

  constructor(program: Program, events: readonly HistoryEvent[], cutOff: string, fixed: Fixed) {
    this.program = program;
    this.cutOff = cutOff;
    this.#events = events;
    this.#fixed = fixed;
    this.papers = new Papers(events, cutOff, program);
    this.#versions = knownVersions(program, events);
    this.merges = events
      .filter((event) => event.type === 'merge' && dateOf(event) <= cutOff)
      .map((event) => ({
        from: event.from ?? '',
        into: event.into ?? '',
        date: dateOf(event),
        pool: (event.windows ?? program.settings?.mergeWindows ?? 'keep') === 'pool',
      }));
  }

  get startsOn(): string {
    return this.program.startsOn ?? `${this.program.firstPeriod}-01`;
  }

  get yearStartMonth(): number {
    return this.program.settings?.yearStartMonth ?? 1;
  }

  versionInForce(day: string): Version | null {
    return versionInForce(this.#versions, day);
  }

  /** The component whose rules a bucket follows: those of the last day of its window, or of the cut-off. */
  bucketRules(code: string, window: Pick<Window, 'last'>): Component | null {
    const version = this.versionInForce(earlier(endOfMonth(window.last), this.cutOff));
    return componentNamed(version, code) ?? this.#lastKnown((one) => componentNamed(one, code));
  }

  /** The same component of the version known last with this date. */
  restarted(code: string, effective: string): Component | null {
    return componentNamed(this.#versions.findLast((one) => one.effective === effective) ?? null, code);
  }

  #lastKnown(find: (version: Version) => Component | null): Component | null {
    const version = this.#versions.findLast((one) => find(one) !== null);
    return version === undefined ? null : find(version);
  }

  tierOn(partner: string, day: string): string {
    const { tiers, settings } = this.program;
    if (tiers?.assess === 'monthly') {
      const month = monthOf(day);
      return this.#fixed.tiers.get(`${partner} ${month}`) ?? this.#assess(partner, month);
    }
    const asOf = settings?.tierAt === 'month' ? `${monthOf(day)}-01` : day;
    let latest: HistoryEvent | null = null;
    for (const event of this.#events)
      if (event.type === 'tier' && event.partner === partner && (event.from ?? '') <= asOf)
        if (latest === null || (event.from ?? '') >= (latest.from ?? '')) latest = event;
    return latest?.tier ?? tiers?.levels[0]?.name ?? '';
  }

  /** The highest level that the net of the months before this one reaches. */
  #assess(partner: string, month: string): string {
    const { levels = [], months = 12 } = this.program.tiers ?? {};
    const first = monthsAfter(month, -months);
    const counted = (day: string) => monthOf(day) >= first && monthOf(day) < month;
    const net = this.papers
      .documents()
      .filter((document) => document.source === 'invoice' && document.partner !== null)
      .filter((document) => this.#countsFor(document.partner ?? '', document.booking, month) === partner)
      .map(({ id, currency, booking, lines, memos }) => {
        const event = this.papers.known.get(id);
        const converted = (nets: readonly Exact[], rate: Exact | null): Exact =>
          rate === null ? exactZero : multiplyExact(nets.reduce(addExact, exactZero), rate);
        let sum = exactZero;
        if (counted(booking) && event !== undefined)
          sum = converted(
            lines.map(({ net }) => net),
            this.bookingRate(id, event),
          );
        for (const memo of memos)
          if (counted(memo.date))
            sum = addExact(
              sum,
              converted(
                memo.parts.map(({ net }): Exact => [-net[0], net[1]]),
                this.usedRate(memo.id, currency, memo.date),
              ),
            );
        return sum;
      })
      .reduce(addExact, exactZero);
    const reached = levels.filter((one) => compareExact(parseExact(one.trailingMinor ?? 0), net) <= 0);
    return reached.at(-1)?.name ?? levels[0]?.name ?? '';
  }

  #countsFor(partner: string, booking: string, month: string): string {
    let now = partner;
    for (;;) {
      const merge = this.merges.find(
        (one) => one.from === now && (booking >= one.date || month > monthOf(one.date)),
      );
      if (merge === undefined) return now;
      now = merge.into;
    }
  }

  /** Fixes the tier of each month up to the closing one for each partner that is named anywhere. */
  fixTiers(period: string): void {
    if (this.program.tiers?.assess !== 'monthly') return;
    const partners = new Set<string>();
    for (const event of this.papers.known.values()) {
      if (event.partner !== undefined) partners.add(event.partner);
      for (const { partner } of event.shares ?? []) partners.add(partner);
    }
    for (const event of this.#events)
      if (event.type === 'shares') for (const { partner } of event.shares ?? []) partners.add(partner);
    for (const { into } of this.merges) partners.add(into);
    const found = new Map<string, string>();
    for (const partner of partners)
      for (let month = this.program.firstPeriod; month <= period; month = monthsAfter(month, 1))
        found.set(`${partner} ${month}`, this.tierOn(partner, `${month}-01`));
    for (const [key, tier] of found) this.#fixed.tiers.set(key, tier);
  }

  /** The rate from minor units of a currency to those of the programme's; null when there is none yet. */
  rateOn(currency: string, day: string): Exact | null {
    if (currency === this.program.currency) return exactOne;
    let latest: HistoryEvent | null = null;
    for (const event of this.#events)
      if (event.type === 'fx' && event.pair === `${currency}/${this.program.currency}`)
        if ((event.from ?? '') <= day && (latest === null || (event.from ?? '') >= (latest.from ?? '')))
          latest = event;
    if (latest === null) return null;
    const scale = 10n ** BigInt(decimals(this.program.currency));
    return multiplyExact(parseExact(latest.rate ?? 0), exact(scale, 10n ** BigInt(decimals(currency))));
  }

  /** The rate that a document or a payment uses: the one a close has fixed, or the one of its day. */
  usedRate(id: string, currency: string, day: string): Exact | null {
    return this.#fixed.rates.get(id) ?? this.rateOn(currency, day);
  }

  /** Fixes the rates of the documents and payments that the cut-off includes. A document that is gone uses none. */
  fixRates(): void {
    if (this.program.settings?.fxCorrection === 'restate') return;
    for (const [id, event] of this.papers.known) {
      if (!this.papers.isLive(id)) continue;
      this.#fixRate(id, this.bookingRate(id, event));
    }
    for (const event of this.#events) {
      if (event.type !== 'payment' || event.id === undefined || dateOf(event) > this.cutOff) continue;
      const of = this.papers.known.get(event.doc ?? '');
      if (of === undefined) continue;
      this.#fixRate(event.id, this.rateOn(of.currency ?? this.program.currency, dateOf(event)));
    }
  }

  #fixRate(id: string, rate: Exact | null): void {
    if (rate !== null && !this.#fixed.rates.has(id)) this.#fixed.rates.set(id, rate);
  }

  /** The booking rate of a document; a replacement of the same booking date uses its predecessor's. */
  bookingRate(id: string, event: HistoryEvent): Exact | null {
    const fixed = this.#fixed.rates.get(id);
    if (fixed !== undefined) return fixed;
    const { reissueDate, fxCorrection } = this.program.settings ?? {};
    if (reissueDate !== 'own' && fxCorrection !== 'restate') {
      let before = event.replaces;
      while (before !== undefined) {
        const fixed = this.#fixed.rates.get(before);
        if (fixed !== undefined) return fixed;
        before = this.papers.known.get(before)?.replaces;
      }
    }
    const currency = this.#currencyOf(event);
    return this.rateOn(currency, this.papers.booking(event));
  }

  /** A memo that names a known document is in the currency of that document. */
  #currencyOf(event: HistoryEvent): string {
    const of = event.type === 'credit' && event.of !== undefined ? this.papers.successor(event.of) : 'none';
    const named = typeof of === 'string' ? event : (this.papers.known.get(of.id) ?? event);
    return named.currency ?? this.program.currency;
  }

  /** The baseline known last that was given for a payee and the first month of a window. */
  baseline(component: string, payee: string, currency: string, period: string): Exact | null {
    const event = this.#events.findLast(
      (one) =>
        one.type === 'baseline' &&
        one.component === component &&
        one.partner === payee &&
        one.period === period &&
        (one.currency ?? this.program.currency) === currency,
    );
    return event === undefined ? null : parseExact(event.amountMinor ?? 0);
  }

  /** The partner that a document's partner was on the day of booking. */
  partnerOn(partner: string, booking: string): string {
    const merge = this.merges.find((one) => one.from === partner && booking >= one.date);
    return merge === undefined ? partner : this.partnerOn(merge.into, booking);
  }
}

/** Follows merges that pool: the bucket of a window that ends on or after the merge moves. */
export function pooledInto(payee: string, window: Window, merges: readonly Merge[]): string {
  const merge = merges.find((one) => one.from === payee && one.pool && endOfMonth(window.last) >= one.date);
  return merge === undefined ? payee : pooledInto(merge.into, window, merges);
}

export function knownVersions(program: Program, events: readonly HistoryEvent[]): readonly Version[] {
  const added = events
    .filter((event) => event.type === 'program_version')
    .map((event) => ({ effective: event.effective ?? '', components: event.components ?? [] }));
  return [...program.versions, ...added];
}

/** Of the versions that have begun the latest; of versions of the same day the one known last. */
export function versionInForce(versions: readonly Version[], day: string): Version | null {
  let found: Version | null = null;
  for (const version of versions)
    if (version.effective <= day && (found === null || version.effective >= found.effective)) found = version;
  return found;
}

export function componentNamed(version: Version | null, code: string): Component | null {
  return version?.components.find((one) => one.code === code) ?? null;
}

function decimals(currency: string): number {
  return currency === 'JPY' ? 0 : currency === 'KWD' ? 3 : 2;
}

/** A percentage as a fraction of one. */
export function percentOf(value: string | number): Exact {
  return divideExact(parseExact(value), exact(100n));
}
