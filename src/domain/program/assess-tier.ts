import type { InvoiceFact, TierAssessment } from '#src/domain/incentive/facts.ts';
import { AppError } from '#src/domain/errors.ts';
import { displayMinor, formatMinor, groupThousands } from '#src/domain/money.ts';
import { addDays, addMonths, firstDay, periodOf, periodsBetween } from '#src/domain/period.ts';
import type { Program, Tier } from './program.ts';
import { partnerIn, type PartnerMerges } from './merged-partners.ts';

/**
 * A partner's tier for a month (`YYYY-MM`): what was invoiced through it, less credit memos, in the twelve
 * months before the first of that month, in the programme's currency. Later months never change it, so a rate
 * once earned is kept.
 */
export function assessTier(
  program: Program,
  partnerId: string,
  invoices: readonly InvoiceFact[],
  period: string,
): TierAssessment {
  return standingIn(
    program,
    partnerId,
    [monthlyRevenue(program.currency, invoices).get(partnerId)],
    windowBefore(period, new Map()),
  );
}

/**
 * The same for every partner and every period, reading the invoices once; partner by partner, periods in the
 * given order. A partner that was merged away has standings up to the month of its merge; from the next one
 * on all it ever sold counts for the other's.
 */
export function assessAll(
  program: Program,
  invoices: readonly InvoiceFact[],
  periods: readonly string[],
  partnerIds: readonly string[],
  merges: PartnerMerges = new Map(),
): TierAssessment[] {
  const revenue = monthlyRevenue(program.currency, invoices);
  const windows = periods.map((period) => windowBefore(period, merges));
  return partnerIds.flatMap((partnerId) =>
    windows.flatMap((window) => {
      const merged = window.merged.get(partnerId) ?? [];
      // One that was merged away is among them as long as it counts as itself.
      const sellers = merges.has(partnerId) ? merged : [partnerId, ...merged];
      if (sellers.length === 0) return [];
      const monthly = sellers.map((seller) => revenue.get(seller));
      return [standingIn(program, partnerId, monthly, window)];
    }),
  );
}

/** The twelve months that decide a tier, and the day from which it applies. */
interface Window {
  readonly months: readonly string[];
  readonly lastDay: string;
  readonly effectiveFrom: string;
  /** Those merged away sooner or later, by the partner they count as by then. */
  readonly merged: ReadonlyMap<string, readonly string[]>;
}

function windowBefore(period: string, merges: PartnerMerges): Window {
  const effectiveFrom = firstDay(period);
  return {
    months: periodsBetween(addMonths(period, -12), addMonths(period, -1)),
    lastDay: addDays(effectiveFrom, -1),
    effectiveFrom,
    merged: Map.groupBy(merges.keys(), (partnerId) => partnerIn(period, partnerId, merges)),
  };
}

type MonthlyRevenue = ReadonlyMap<string, bigint>;

function standingIn(
  program: Program,
  partnerId: string,
  monthly: readonly (MonthlyRevenue | undefined)[],
  window: Window,
): TierAssessment {
  const trailingRevenueMinor = monthly.reduce(
    (total, revenue) => window.months.reduce((sum, month) => sum + (revenue?.get(month) ?? 0n), total),
    0n,
  );
  // The lowest tier requires nothing: it holds even a partner to whom more was credited than invoiced.
  const reached = program.tiers.findLastIndex(
    (one, index) => index === 0 || trailingRevenueMinor >= one.trailingRevenueMinor,
  );
  const tier = program.tiers[reached];
  if (tier === undefined) throw new AppError('internal', 'A programme needs at least one tier.');
  const held = `${tier.name}: ${displayMinor(trailingRevenueMinor, program.currency)} in the twelve months to ${window.lastDay}`;
  return {
    partnerId,
    tier: tier.name,
    effectiveFrom: window.effectiveFrom,
    trailingRevenueMinor,
    currency: program.currency,
    explanation: `${held}; ${nextStep(program, program.tiers[reached + 1], trailingRevenueMinor)}.`,
  };
}

function nextStep({ currency }: Program, next: Tier | undefined, trailingRevenueMinor: bigint): string {
  if (next === undefined) return 'the highest tier';
  return `${groupThousands(formatMinor(next.trailingRevenueMinor - trailingRevenueMinor, currency))} more for ${next.name}`;
}

/** Who sold it → month → net invoiced. */
function monthlyRevenue(
  currency: string,
  invoices: readonly InvoiceFact[],
): ReadonlyMap<string, MonthlyRevenue> {
  const revenue = new Map<string, Map<string, bigint>>();
  for (const invoice of invoices) {
    if (invoice.currency !== currency) continue;
    const seller = invoice.soldBy ?? invoice.partnerId;
    const monthly = revenue.get(seller) ?? new Map<string, bigint>();
    revenue.set(seller, monthly);
    const month = periodOf(invoice.issuedOn);
    const net = invoice.kind === 'credit_memo' ? -invoice.amountMinor : invoice.amountMinor;
    monthly.set(month, (monthly.get(month) ?? 0n) + net);
  }
  return revenue;
}
