import type { InvoiceFact, Standing } from '../incentive/facts.ts';
import { AppError } from '../errors.ts';
import { displayMinor, formatMinor, groupThousands } from '../money.ts';
import { addDays, addMonths, firstDay, periodOf, periodsBetween } from '../period.ts';
import type { Program, Tier } from '../program/program.ts';

/**
 * A partner's tier for a month (`YYYY-MM`): what was invoiced through it, less credit memos, in the twelve months before
 * the first of that month, in the programme's currency. Later months never change it, so a rate once earned is kept.
 */
export function assessStanding(program: Program, partnerId: string, invoices: readonly InvoiceFact[], period: string): Standing {
  return standingIn(program, partnerId, monthlyRevenue(program.currency, invoices).get(partnerId), windowBefore(period));
}

/** The same for every partner and every period, reading the invoices once; partner by partner, periods in the given order. */
export function assessAll(
  program: Program,
  invoices: readonly InvoiceFact[],
  periods: readonly string[],
  partnerIds: readonly string[],
): Standing[] {
  const revenue = monthlyRevenue(program.currency, invoices);
  const windows = periods.map(windowBefore);
  return partnerIds.flatMap((partnerId) => {
    const monthly = revenue.get(partnerId);
    return windows.map((window) => standingIn(program, partnerId, monthly, window));
  });
}

/** The twelve months that decide a tier, and the day from which it applies. */
interface Window {
  readonly months: readonly string[];
  readonly lastDay: string;
  readonly effectiveFrom: string;
}

function windowBefore(period: string): Window {
  const effectiveFrom = firstDay(period);
  return { months: periodsBetween(addMonths(period, -12), addMonths(period, -1)), lastDay: addDays(effectiveFrom, -1), effectiveFrom };
}

type MonthlyRevenue = ReadonlyMap<string, bigint>;

function standingIn(program: Program, partnerId: string, monthly: MonthlyRevenue | undefined, window: Window): Standing {
  const trailingRevenueMinor = window.months.reduce((sum, month) => sum + (monthly?.get(month) ?? 0n), 0n);
  // The lowest tier requires nothing: it holds even a partner to whom more was credited than invoiced.
  const reached = program.tiers.findLastIndex((one, index) => index === 0 || trailingRevenueMinor >= one.trailingRevenueMinor);
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

/** partner → month → net invoiced. */
function monthlyRevenue(currency: string, invoices: readonly InvoiceFact[]): ReadonlyMap<string, MonthlyRevenue> {
  const revenue = new Map<string, Map<string, bigint>>();
  for (const invoice of invoices) {
    if (invoice.currency !== currency) continue;
    const monthly = revenue.get(invoice.partnerId) ?? new Map<string, bigint>();
    revenue.set(invoice.partnerId, monthly);
    const month = periodOf(invoice.issuedOn);
    const net = invoice.kind === 'credit_memo' ? -invoice.amountMinor : invoice.amountMinor;
    monthly.set(month, (monthly.get(month) ?? 0n) + net);
  }
  return revenue;
}
