import type { Calendar } from './data-calendar.ts';
import type { Random } from './data-random.ts';
import type { SampleInvoice } from './sample.ts';

const days = 15 * 30.4;

/**
 * Partners differ by orders of magnitude, as they do in life: how many sell roughly what in twelve months
 * (USD), in how many invoices over fifteen. Tiers at 100,000, 500,000 and 2,000,000 all find somebody.
 */
const sizes = [
  { partners: 24, from: 8_000, to: 90_000, invoices: 8 },
  { partners: 20, from: 120_000, to: 460_000, invoices: 16 },
  { partners: 12, from: 560_000, to: 1_800_000, invoices: 22 },
  { partners: 4, from: 2_300_000, to: 5_200_000, invoices: 32 },
] as const;

const creditShare = 0.05;
const euroShare = 0.01;

interface Draft {
  readonly partnerCode: string;
  readonly customerName: string;
  readonly currency: string;
  readonly cents: number;
  readonly daysAgo: number;
}

/** Fifteen months of invoices and some credit memos, numbered by year in the order of issue. */
export function makeInvoices(
  partnerCodes: readonly string[],
  customerNames: readonly string[],
  random: Random,
  calendar: Calendar,
  share: number,
): SampleInvoice[] {
  const codes = random.shuffled(partnerCodes);
  let next = 0;
  const drafts = sizes.flatMap((size) =>
    codes
      .slice(next, (next += Math.ceil(size.partners * share)))
      .flatMap((code) => draftsOf(code, size, customerNames, random)),
  );
  const invoices = drafts
    .toSorted((a, b) => b.daysAgo - a.daysAgo)
    .map((draft, index) => invoiceOf(draft, index, random, calendar));
  const credited = invoices.filter(
    (_, index) => (drafts.length - index) / drafts.length > 0.1 && random.chance(creditShare),
  );
  const credits = credited
    .map((invoice) => creditOf(invoice, random, calendar))
    .toSorted((a, b) => (a.issuedOn < b.issuedOn ? -1 : 1));
  return [
    ...invoices,
    ...credits.map((credit, index) => ({ ...credit, number: numberOf('CM', credit.issuedOn, index) })),
  ];
}

/**
 * Lets the oldest invoices of partners that renew be to the customers they renew, credit memos along with
 * them. Nothing else changes.
 */
export function sellRenewals(
  invoices: readonly SampleInvoice[],
  renewals: readonly { readonly customerName: string; readonly partnerCode: string | null }[],
): SampleInvoice[] {
  const customers = new Map<string, string>();
  for (const { customerName, partnerCode } of renewals) {
    const first = invoices.find(
      (one) => one.kind === 'invoice' && one.partnerCode === partnerCode && !customers.has(one.number),
    );
    if (first) customers.set(first.number, customerName);
  }
  return invoices.map((one) => ({
    ...one,
    customerName: customers.get(one.appliesTo ?? one.number) ?? one.customerName,
  }));
}

function draftsOf(
  partnerCode: string,
  size: (typeof sizes)[number],
  customerNames: readonly string[],
  random: Random,
): Draft[] {
  const inFifteenMonths = (size.from + random.next() * (size.to - size.from)) * 1.25;
  const weights = Array.from({ length: size.invoices + random.between(-2, 2) }, () => 0.3 + random.next());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, index) => ({
    partnerCode,
    customerName: random.pick(customerNames),
    currency: random.chance(euroShare) ? 'EUR' : 'USD',
    cents: Math.round((inFifteenMonths * weight * 100) / total),
    daysAgo: 1 + Math.floor(((index + random.next()) / weights.length) * (days - 1)),
  }));
}

function invoiceOf(
  { cents, daysAgo, ...draft }: Draft,
  index: number,
  random: Random,
  calendar: Calendar,
): SampleInvoice {
  const issuedOn = calendar.date(-daysAgo);
  const paidDaysAgo = daysAgo - random.between(12, 55);
  const paidOn = paidDaysAgo >= 1 && random.chance(0.88) ? calendar.date(-paidDaysAgo) : null;
  return {
    number: numberOf('INV', issuedOn, index),
    kind: 'invoice',
    ...draft,
    amount: decimal(cents),
    issuedOn,
    paidOn,
    appliesTo: null,
  };
}

/** Credits part of an invoice, sometimes all of it, within five weeks after it. */
function creditOf(invoice: SampleInvoice, random: Random, calendar: Calendar): SampleInvoice {
  const cents = Math.round(Number(invoice.amount) * 100);
  const share = random.chance(0.2) ? 1 : 0.05 + random.next() * 0.5;
  const after = new Date(Date.parse(invoice.issuedOn) + random.between(4, 35) * 86_400_000)
    .toISOString()
    .slice(0, 10);
  const yesterday = calendar.date(-1);
  const issuedOn = after < yesterday ? after : yesterday;
  return {
    ...invoice,
    kind: 'credit_memo',
    amount: decimal(Math.round(cents * share)),
    issuedOn,
    paidOn: null,
    appliesTo: invoice.number,
  };
}

const numberOf = (prefix: string, issuedOn: string, index: number): string =>
  `${prefix}-${issuedOn.slice(0, 4)}-${String(index + 1).padStart(5, '0')}`;
const decimal = (cents: number): string =>
  `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
