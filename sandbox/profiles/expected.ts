import type { CrmSample, Sample, SampleAccount, SampleInvoice, SampleOpportunity } from '#sandbox/sample.ts';

/** What must come out of a sample: worked out here a second time, by the published rules of the programme. */
export interface Expected {
  /** The codes of the partners that each CRM holds. */
  readonly partners: Readonly<Record<'salesforce' | 'hubspot', readonly string[]>>;
  /** The numbers of all registrations. */
  readonly registrations: Readonly<Record<'salesforce' | 'hubspot', readonly string[]>>;
  /** The number of deals that close on each day, in both CRMs together. */
  readonly closeDates: Readonly<Record<string, number>>;
  /** The number of accounts in each country, by its code, in both CRMs together. */
  readonly countries: Readonly<Record<string, number>>;
  /** The payouts of the month that is paid, by key. */
  readonly payouts: Readonly<Record<string, ExpectedPayout>>;
  /** Their sums by currency, as plain decimals. */
  readonly totals: Readonly<Record<string, string>>;
}

interface ExpectedPayout {
  readonly crm: 'salesforce' | 'hubspot';
  readonly partnerCode: string;
  readonly currency: string;
  /** A plain decimal with all decimals of the currency. */
  readonly amount: string;
}

/** The default programme: docs/decisions and the console show the same figures. */
const startsOn = '2026-01-01';
const graceDays = 5;
const programCurrency = 'USD';
/** The trailing revenue that reaches a tier, in cents, and its commission in thousandths; highest first. */
const tiers = [
  { from: 2_000_000_00n, permille: 120n },
  { from: 500_000_00n, permille: 100n },
  { from: 100_000_00n, permille: 75n },
];
const lowestPermille = 50n;

export function expectedOf(sample: Sample, today: Date): Expected {
  const crms = { salesforce: codesIn(sample.salesforce), hubspot: codesIn(sample.hubspot) };
  const payouts = payoutsOf(sample.invoices, today.toISOString().slice(0, 10)).flatMap(
    ({ key, partnerCode, currency, minor }) => {
      const crm = crms.salesforce.includes(partnerCode) ? 'salesforce' : 'hubspot';
      return [[key, { crm, partnerCode, currency, amount: toDecimal(minor, currency) }] as const];
    },
  );
  return {
    partners: crms,
    registrations: { salesforce: numbersIn(sample.salesforce), hubspot: numbersIn(sample.hubspot) },
    closeDates: countsOf(dealsOf(sample).map(({ closeDate }) => closeDate)),
    countries: countsOf(accountsOf(sample).flatMap(({ country }) => country ?? [])),
    payouts: Object.fromEntries(payouts),
    totals: totalsOf(payouts.map(([, payout]) => payout)),
  };
}

const codesIn = ({ accounts }: CrmSample): readonly string[] =>
  accounts.flatMap(({ isPartner, partnerCode }) => (isPartner && partnerCode !== null ? [partnerCode] : []));
const numbersIn = ({ registrations }: CrmSample): readonly string[] =>
  registrations.map(({ number }) => number);

const dealsOf = ({ salesforce, hubspot }: Sample): readonly SampleOpportunity[] => [
  ...salesforce.opportunities,
  ...hubspot.opportunities,
];
const accountsOf = ({ salesforce, hubspot }: Sample): readonly SampleAccount[] => [
  ...salesforce.accounts,
  ...hubspot.accounts,
];

const countsOf = (values: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => [value, length]),
  );

const decimalPlaces = (currency: string): number => ({ JPY: 0, KWD: 3 })[currency] ?? 2;

function toMinor(amount: string, currency: string): bigint {
  const [whole = '', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(decimalPlaces(currency), '0'));
}

function toDecimal(minor: bigint, currency: string): string {
  const places = decimalPlaces(currency);
  if (places === 0) return String(minor);
  const digits = String(minor).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function totalsOf(payouts: readonly ExpectedPayout[]): Readonly<Record<string, string>> {
  const totals = new Map<string, bigint>();
  for (const { currency, amount } of payouts)
    totals.set(currency, (totals.get(currency) ?? 0n) + toMinor(amount, currency));
  return Object.fromEntries([...totals].map(([currency, minor]) => [currency, toDecimal(minor, currency)]));
}

interface Payout {
  readonly key: string;
  readonly partnerCode: string;
  readonly currency: string;
  readonly minor: bigint;
}

/** Everything earned up to the month that is paid; what is not positive is carried forward. */
function payoutsOf(invoices: readonly SampleInvoice[], today: string): readonly Payout[] {
  const paidMonth = monthBefore(shiftDays(today, -graceDays));
  const byNumber = new Map(invoices.map((invoice) => [invoice.number, invoice]));
  const earned = new Map<string, { partnerCode: string; currency: string; minor: bigint }>();
  for (const document of invoices) {
    // A credit memo takes back at the rate of the invoice that it corrects, once that one is paid.
    const rated = document.appliesTo === null ? document : (byNumber.get(document.appliesTo) ?? document);
    if (rated.kind === 'invoice' && rated.paidOn === null) continue;
    if (rated.issuedOn < startsOn || (document.paidOn ?? document.issuedOn).slice(0, 7) > paidMonth) continue;
    const { partnerCode, currency } = document;
    const base = toMinor(document.amount, currency) * (document.kind === 'invoice' ? 1n : -1n);
    const commission = roundHalfEven(base * permilleOf(partnerCode, rated.issuedOn, invoices), 1000n);
    const key = `${paidMonth}-${partnerCode}-${currency}`;
    const minor = (earned.get(key)?.minor ?? 0n) + commission;
    earned.set(key, { partnerCode, currency, minor });
  }
  return [...earned].flatMap(([key, one]) => (one.minor > 0n ? [{ key, ...one }] : []));
}

/** The rate of the tier that the partner had in a month: by its net sales in the twelve months before. */
function permilleOf(partnerCode: string, issuedOn: string, invoices: readonly SampleInvoice[]): bigint {
  const month = issuedOn.slice(0, 7);
  const from = `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`;
  let revenue = 0n;
  for (const one of invoices) {
    const issued = one.issuedOn.slice(0, 7);
    if (one.partnerCode !== partnerCode || one.currency !== programCurrency) continue;
    if (issued < from || issued >= month) continue;
    revenue += toMinor(one.amount, one.currency) * (one.kind === 'invoice' ? 1n : -1n);
  }
  return tiers.find((tier) => revenue >= tier.from)?.permille ?? lowestPermille;
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n ? -1n : 1n;
  const whole = (numerator * sign) / denominator;
  const rest = (numerator * sign) % denominator;
  const up = rest * 2n > denominator || (rest * 2n === denominator && whole % 2n === 1n);
  return sign * (whole + (up ? 1n : 0n));
}

const dayMs = 86_400_000;
const shiftDays = (day: string, by: number): string =>
  new Date(Date.parse(day) + by * dayMs).toISOString().slice(0, 10);
const monthBefore = (day: string): string => shiftDays(`${day.slice(0, 7)}-01`, -1).slice(0, 7);
