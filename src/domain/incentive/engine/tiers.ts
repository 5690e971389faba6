import { addExact, exact, exactZero, multiplyExact, type Exact } from '#src/domain/exact.ts';
import { periodOf } from '#src/domain/period.ts';
import type { DocumentsAsOf } from './documents.ts';
import type { DocumentFact } from './facts.ts';
import type { ExchangeRates } from './exchange-rates.ts';
import type { KnownFacts } from './known-facts.ts';
import { shiftMonth } from './windows.ts';

/** Tiers that closes have fixed, by `tierKey`. */
export type PinnedTiers = ReadonlyMap<string, string>;

export interface PartnerTiers {
  /** Null when the programme has no tiers. */
  tierOn(partner: string, day: string): string | null;
  /** The tiers of all partners up to a month that closes now, in addition to those before. */
  pinsUpTo(period: string): PinnedTiers;
}

interface Booked {
  readonly period: string;
  readonly partner: string;
  /** In minor units of the programme's currency; negative for a credit memo. */
  readonly amount: Exact;
}

export function partnerTiers(
  known: KnownFacts,
  documents: DocumentsAsOf,
  rates: ExchangeRates,
  pinned: PinnedTiers,
): PartnerTiers {
  const { tiers, settings } = known.program;
  if (tiers.assess === 'events') {
    return {
      tierOn: (partner, day) =>
        decidedTier(known, partner, settings.tierAt === 'month' ? `${periodOf(day)}-01` : day),
      pinsUpTo: () => pinned,
    };
  }
  const booked = bookedAmounts(known, documents, rates);
  const assessed = new Map<string, string | null>();
  const tierOf = (partner: string, period: string): string | null => {
    const key = tierKey(partner, period);
    const before = pinned.get(key) ?? assessed.get(key);
    if (before !== undefined) return before;
    const tier = reachedTier(known, trailing(known, booked, partner, period));
    assessed.set(key, tier);
    return tier;
  };
  return {
    tierOn: (partner, day) => tierOf(partner, periodOf(day)),
    pinsUpTo: (closing) => {
      const pins = new Map(pinned);
      for (const partner of namedPartners(known)) {
        for (let period = known.program.firstPeriod; period <= closing; period = shiftMonth(period, 1)) {
          const tier = tierOf(partner, period);
          if (tier !== null) pins.set(tierKey(partner, period), tier);
        }
      }
      return pins;
    },
  };
}

function tierKey(partner: string, period: string): string {
  return `${period}|${partner}`;
}

/** The latest decision that began by the day, and of several that began together the last known. */
function decidedTier(known: KnownFacts, partner: string, day: string): string | null {
  let found: KnownFacts['tiers'][number] | null = null;
  for (const fact of known.tiers)
    if (fact.partner === partner && fact.from <= day && (found === null || fact.from >= found.from))
      found = fact;
  return found?.tier ?? known.program.tiers.levels[0]?.name ?? null;
}

function reachedTier(known: KnownFacts, amount: Exact): string | null {
  const { levels } = known.program.tiers;
  const reached = levels.filter(({ trailingMinor }) => exactAtLeast(amount, trailingMinor)).at(-1);
  return (reached ?? levels[0])?.name ?? null;
}

function exactAtLeast([numerator, denominator]: Exact, minor: bigint): boolean {
  return numerator >= minor * denominator;
}

/** Sales of a partner in the months before `period`, with those of partners merged into it. */
function trailing(known: KnownFacts, booked: readonly Booked[], partner: string, period: string): Exact {
  const first = shiftMonth(period, -known.program.tiers.months);
  let sum = exactZero;
  for (const one of booked) {
    if (one.period < first || one.period >= period) continue;
    if (partnerFrom(known, one.partner, period) === partner) sum = addExact(sum, one.amount);
  }
  return sum;
}

/** Sales of a merged partner count for the other from the month after the merge. */
function partnerFrom(known: KnownFacts, partner: string, period: string): string {
  let current = partner;
  for (
    let merge = known.merges.get(current);
    merge !== undefined && periodOf(merge.date) < period;
    merge = known.merges.get(current)
  )
    current = merge.into;
  return current;
}

/** Invoices and credit memos, whole and unshared, in the programme's currency. Without a rate, left out. */
function bookedAmounts(known: KnownFacts, { live }: DocumentsAsOf, rates: ExchangeRates): readonly Booked[] {
  const booked: Booked[] = [];
  const add = (fact: DocumentFact, partner: string | null, currency: string | null, booking: string) => {
    if (partner === null) return;
    const rate = rates.forDocument(fact, currency ?? known.program.currency, booking);
    if (rate === null) return;
    const net = fact.lines.reduce((sum, { netMinor }) => sum + netMinor, 0n);
    const amount = multiplyExact(exact(fact.type === 'credit' ? -net : net), rate);
    booked.push({ period: periodOf(booking), partner, amount });
  };
  for (const { document, booking, memos } of live) {
    if (document.type === 'pos') continue;
    add(document, document.partner, document.currency, booking);
    for (const { memo } of memos) add(memo, document.partner, document.currency, memo.date);
  }
  return booked;
}

/** Every partner that a known document names, and every partner that another was merged into. */
function namedPartners(known: KnownFacts): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { partner, shares } of known.documents.values()) {
    if (partner !== null) names.add(partner);
    for (const share of shares ?? []) names.add(share.partner);
  }
  for (const shares of known.shares.values()) for (const { partner } of shares) names.add(partner);
  for (const { into } of known.merges.values()) names.add(into);
  return names;
}
