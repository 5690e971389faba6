import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { customerCount, generateCompanies, makeSampleAccounts, mostPartners } from './data-accounts.ts';
import type { Crm, Placed } from './data-accounts.ts';
import { Calendar } from './data-calendar.ts';
import { catalogueOf } from './data-catalogue.ts';
import { makeRegistrations } from './data-registrations.ts';
import type { Market } from './data-registrations.ts';
import { Deals } from './data-deals.ts';
import { makeInvoices, sellRenewals } from './data-invoices.ts';
import { CompanyNames } from './data-names.ts';
import type { Company } from './data-names.ts';
import { Random } from './data-random.ts';
import type { CrmSample, Sample, SampleInvoice, SampleRegistration } from './sample.ts';

const opportunityCount = 3000;
/** The scenarios need this many customers that no other scenario has taken. */
const fewestCustomers = 600;

/** The input of a sample. The same seed and day give exactly the same sample. */
export interface SampleInput {
  readonly seed: number;
  /** Real companies to use as accounts; few are filled up with generated ones. Null generates 2,000. */
  readonly companies: readonly Company[] | null;
  readonly today: Date;
  /** The share of all generated records to make, between 0.1 and 1; 1 when missing. */
  readonly share?: number;
}

/**
 * A vendor's channel: accounts (60 of them partners), 3,000 opportunities, 200 registrations and about 900
 * invoices, three fifths of it in Salesforce and the rest in HubSpot. All of it happened at least an hour
 * before `today`.
 */
export function generateSample({ seed, companies, today, share = 1 }: SampleInput): Sample {
  const random = new Random(seed);
  const calendar = new Calendar(today);
  const names = new CompanyNames(random, companies ?? []);
  const partnerCount = Math.ceil(mostPartners * share);
  const given = companies ?? [];
  const wantedCustomers = companies ? fewestCustomers : Math.ceil(customerCount * share);
  // Too few companies for partners and customers are filled up with generated ones.
  const isEnough = given.length >= partnerCount + fewestCustomers;
  const all = isEnough
    ? given
    : [...generateCompanies(names, partnerCount, Math.max(0, wantedCustomers - given.length)), ...given];
  const indexes = all.map((_, index) => index);
  const partnerAt = new Set((isEnough ? random.shuffled(indexes) : indexes).slice(0, partnerCount));
  const placed = makeSampleAccounts(all, partnerAt, random, calendar);
  const customers = random.shuffled(placed.filter(({ account }) => !account.isPartner));
  const deals = new Deals(random, calendar);
  const market: Market = {
    random,
    calendar,
    names,
    deals,
    partners: byCrm(placed.filter(({ account }) => account.isPartner)),
    customers: byCrm(customers.filter(({ account }) => account.domain !== null)),
  };
  const planned = makeRegistrations(market, share);
  // Only customers no scenario has taken: a clear registration must stay clear.
  const others = [...market.customers.salesforce, ...market.customers.hubspot];
  while (deals.count < opportunityCount * share) deals.any(random.pick(others));
  const registrations = planned.map(({ crm, registration }, index) => ({
    crm,
    registration: { ...numbered(index, registration.submittedAt), ...registration },
  }));
  const sampleOf = (crm: Crm): CrmSample => {
    const accounts = placed.filter((candidate) => candidate.crm === crm).map(({ account }) => account);
    const opportunities = deals.opportunities[crm];
    return {
      accounts,
      opportunities,
      registrations: registrations
        .filter((candidate) => candidate.crm === crm)
        .map(({ registration }) => registration),
      ...catalogueOf(accounts, opportunities),
    };
  };
  const codes = placed.flatMap(({ account }) => account.partnerCode ?? []);
  const invoices = makeInvoices(
    codes,
    customers.slice(0, 400).map(({ account }) => account.name),
    random,
    calendar,
    share,
  );
  const renewals = planned.flatMap(({ renews }) => renews ?? []);
  return {
    salesforce: sampleOf('salesforce'),
    hubspot: sampleOf('hubspot'),
    invoices: sellRenewals(invoices, renewals),
  };
}

function byCrm(placed: readonly Placed[]): Record<Crm, Placed[]> {
  return {
    salesforce: placed.filter(({ crm }) => crm === 'salesforce'),
    hubspot: placed.filter(({ crm }) => crm === 'hubspot'),
  };
}

function numbered(index: number, submittedAt: string): Pick<SampleRegistration, 'key' | 'number'> {
  const number = String(index + 1).padStart(4, '0');
  return { key: `reg-${number}`, number: `DR-${submittedAt.slice(0, 4)}-${number}` };
}

/** Reads a companies file with the columns name, domain, country, city and zipcode; others are ignored. */
export async function readCompanies(file: string): Promise<Company[]> {
  const rows = parse(await readFile(file, 'utf8'), { bom: true, columns: true }) as Readonly<
    Record<string, string | undefined>
  >[];
  const cell = (row: Readonly<Record<string, string | undefined>>, column: string): string | null =>
    row[column]?.trim() || null;
  return rows.flatMap((row) => {
    const name = cell(row, 'name');
    return name === null
      ? []
      : [
          {
            name,
            domain: cell(row, 'domain'),
            country: cell(row, 'country'),
            city: cell(row, 'city'),
            zipcode: cell(row, 'zipcode'),
          },
        ];
  });
}

const header = [
  'invoice_number',
  'kind',
  'partner_code',
  'customer_name',
  'currency',
  'amount',
  'issued_on',
  'paid_on',
  'applies_to',
];

/** The ERP's invoice files: one for each month of issue, sorted by name. */
export function invoicesToCsv(invoices: readonly SampleInvoice[]): [fileName: string, csv: string][] {
  const months = Map.groupBy(invoices, (invoice) => invoice.issuedOn.slice(0, 7));
  return [...months]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, found]) => [`invoices-${month}.csv`, stringify([header, ...found.map(cells)])]);
}

function cells(invoice: SampleInvoice): (string | null)[] {
  const { number, kind, partnerCode, customerName, currency, amount, issuedOn, paidOn, appliesTo } = invoice;
  return [number, kind, partnerCode, customerName, currency, amount, issuedOn, paidOn, appliesTo];
}
