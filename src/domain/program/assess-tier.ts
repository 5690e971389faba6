import { AppError } from '#src/domain/errors.ts';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import { displayMinor, formatMinor, groupThousands } from '#src/domain/money.ts';
import { addDays, addMonths, firstDay, periodOf, periodsBetween } from '#src/domain/period.ts';
import { partnerIn, type PartnerMerges } from './merged-partners.ts';
import type { Program, Tier } from './program.ts';

export interface TierAssessment {
  readonly partnerId: string;
  readonly tier: string;
  /** First day of the month from which it applies, `YYYY-MM-DD`. */
  readonly effectiveFrom: string;
  readonly trailingRevenueMinor: bigint;
  readonly currency: string;
  /** One sentence for the CRM: the revenue behind the tier and what the next tier needs. */
  readonly explanation: string;
}

/**
 * Assesses a partner's tier for a month (`YYYY-MM`) from its net invoices (credit memos subtracted) in the
 * twelve months before the first of that month, in the programme's currency. Later months never change the
 * result, so a rate that was earned is kept.
 */
export function assessTier(
  program: Program,
  partnerId: string,
  invoices: readonly InvoiceFact[],
  period: string,
): TierAssessment {
  const revenue = monthlyRevenue(program.currency, invoices).get(partnerId);
  return assessWindow(program, partnerId, [revenue], windowBefore(period, new Map()));
}

/**
 * Assesses every partner for every period and reads the invoices only once. The result is ordered by partner,
 * then by period as given. A merged partner is assessed up to the month of its merge; from the next month on
 * all its sales count for the partner it was merged into.
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
      // `merged` includes a merged partner itself for as long as it still counts as itself.
      const sellers = merges.has(partnerId) ? merged : [partnerId, ...merged];
      if (sellers.length === 0) return [];
      const monthly = sellers.map((seller) => revenue.get(seller));
      return [assessWindow(program, partnerId, monthly, window)];
    }),
  );
}

/** The twelve months that decide a tier, and the day from which the tier applies. */
interface Window {
  readonly months: readonly string[];
  readonly lastDay: string;
  readonly effectiveFrom: string;
  /** All partners that are ever merged, grouped by the partner they count as in this period. */
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

function assessWindow(
  program: Program,
  partnerId: string,
  monthly: readonly (MonthlyRevenue | undefined)[],
  window: Window,
): TierAssessment {
  const trailingRevenueMinor = monthly.reduce(
    (total, revenue) => window.months.reduce((sum, month) => sum + (revenue?.get(month) ?? 0n), total),
    0n,
  );
  // The lowest tier has no requirement: it also holds a partner whose credit memos exceed its invoices.
  const reached = program.tiers.findLastIndex(
    (one, index) => index === 0 || trailingRevenueMinor >= one.trailingRevenueMinor,
  );
  const tier = program.tiers[reached];
  if (tier === undefined) throw new AppError('internal', 'A programme needs at least one tier.');
  const revenue = displayMinor(trailingRevenueMinor, program.currency);
  const next = nextStep(program, program.tiers[reached + 1], trailingRevenueMinor);
  return {
    partnerId,
    tier: tier.name,
    effectiveFrom: window.effectiveFrom,
    trailingRevenueMinor,
    currency: program.currency,
    explanation: `${tier.name}: ${revenue} in the twelve months to ${window.lastDay}; ${next}.`,
  };
}

function nextStep({ currency }: Program, next: Tier | undefined, trailingRevenueMinor: bigint): string {
  if (next === undefined) return 'the highest tier';
  const missing = formatMinor(next.trailingRevenueMinor - trailingRevenueMinor, currency);
  return `${groupThousands(missing)} more for ${next.name}`;
}

/** Net invoiced amounts by seller and month, in the given currency only. */
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
