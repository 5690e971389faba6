import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFiles } from '#connectors/files/connector.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { generateSample, invoicesToCsv, readCompanies } from '#sandbox/data.ts';
import type { CrmSample, Sample, SampleInvoice } from '#sandbox/sample.ts';
import { describe, expect, it } from 'vitest';
import { alone } from '#test/support/connector-input.ts';

const today = new Date('2026-11-22T10:00:00Z');
const sample = generateSample({ seed: 1, companies: null, today });
const crms = (from: Sample): readonly CrmSample[] => [from.salesforce, from.hubspot];
const all = <K extends 'accounts' | 'opportunities' | 'registrations'>(
  from: Sample,
  kind: K,
): CrmSample[K][number][] => crms(from).flatMap((crm) => [...crm[kind]]);
const share = (part: number, whole: number): number => part / whole;

describe('the sample', () => {
  it('has exactly 2,000 accounts, 60 of them partners, 3,000 opportunities and 200 registrations, three fifths in Salesforce', () => {
    const accounts = all(sample, 'accounts');
    const partners = accounts.filter((account) => account.isPartner);
    expect([
      accounts.length,
      partners.length,
      all(sample, 'opportunities').length,
      all(sample, 'registrations').length,
    ]).toEqual([2000, 60, 3000, 200]);
    expect(partners.flatMap((partner) => partner.partnerCode ?? []).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, n) => `P-${String(n + 1).padStart(4, '0')}`),
    );
    expect(accounts.filter((account) => !account.isPartner && account.partnerCode !== null)).toEqual([]);
    for (const kind of ['accounts', 'opportunities', 'registrations'] as const) {
      expect(share(sample.salesforce[kind].length, all(sample, kind).length)).toBeCloseTo(0.6, 1);
    }
  });

  it('is the same for the same seed and day, and another for another seed', () => {
    expect(generateSample({ seed: 1, companies: null, today })).toEqual(sample);
    expect(generateSample({ seed: 2, companies: null, today })).not.toEqual(sample);
  });

  it('keeps a registration, its partner and its opportunity in one CRM, and every reference resolves', () => {
    for (const { accounts, opportunities, registrations } of crms(sample)) {
      const byKey = new Map(accounts.map((account) => [account.key, account]));
      const deals = new Set(opportunities.map((opportunity) => opportunity.key));
      expect(
        opportunities.filter((opportunity) => byKey.get(opportunity.accountKey)?.isPartner !== false),
      ).toEqual([]);
      expect(registrations.filter((registration) => !byKey.get(registration.partnerKey)?.isPartner)).toEqual(
        [],
      );
      expect(
        registrations.filter(({ opportunityKey }) => opportunityKey !== null && !deals.has(opportunityKey)),
      ).toEqual([]);
    }
  });

  it('uses every key, number, name and address once', () => {
    for (const kind of ['accounts', 'opportunities', 'registrations'] as const)
      expectUnique(all(sample, kind).map((record) => record.key));
    expectUnique(all(sample, 'registrations').map((registration) => registration.number));
    expectUnique(all(sample, 'accounts').map((account) => account.name));
    expectUnique(all(sample, 'accounts').flatMap((account) => account.domain ?? []));
    expectUnique(sample.invoices.map((invoice) => invoice.number));
  });

  it('lies in the past by at least an hour, registrations in the last sixty days', () => {
    const latest = '2026-11-22T09:00:00.000Z';
    const stamped = [...all(sample, 'accounts'), ...all(sample, 'opportunities')];
    expect(
      stamped.filter((record) => record.createdAt > record.modifiedAt || record.modifiedAt > latest),
    ).toEqual([]);
    const submitted = all(sample, 'registrations').map((registration) => registration.submittedAt);
    expect(submitted.filter((stamp) => stamp > latest || stamp < '2026-09-23T10:00:00.000Z')).toEqual([]);
    expect(
      sample.invoices.filter(
        (invoice) => invoice.issuedOn > '2026-11-21' || (invoice.paidOn ?? '') > '2026-11-21',
      ),
    ).toEqual([]);
  });

  it('closes deals in the past and expects to close open ones in the future', () => {
    for (const { stage, closeDate } of all(sample, 'opportunities'))
      expect(closeDate < '2026-11-22').toBe(stage.startsWith('closed'));
  });
});

function expectUnique(values: readonly string[]): void {
  expect(new Set(values).size).toBe(values.length);
}

describe('its registrations', () => {
  const registrations = all(sample, 'registrations');
  const accounts = all(sample, 'accounts');

  it('are numbered in the order in which they were submitted', () => {
    const byNumber = registrations
      .toSorted((a, b) => (a.number < b.number ? -1 : 1))
      .map((registration) => registration.submittedAt);
    expect(byNumber).toEqual(byNumber.toSorted());
  });

  it('are linked to an opportunity in about half of the cases', () => {
    expect(
      share(registrations.filter((registration) => registration.opportunityKey !== null).length, 200),
    ).toBeCloseTo(0.5, 1);
  });

  it('include new customers, customers without a website, free-mail contacts and names written in another way', () => {
    const known = new Set(accounts.map((account) => account.name));
    const domains = new Map(accounts.map((account) => [account.domain, account.name]));
    const count = (test: (registration: (typeof registrations)[number]) => unknown): number =>
      registrations.filter(test).length;
    const mailHost = (email: string | null): string => email?.split('@')[1] ?? '';
    expect(count((found) => !known.has(found.customerName))).toBeGreaterThan(60);
    expect(count((found) => found.customerDomain === null)).toBeGreaterThan(5);
    expect(
      count((found) => /gmail|outlook|yahoo|gmx|hotmail/.test(mailHost(found.contactEmail))),
    ).toBeGreaterThanOrEqual(3);
    expect(
      count(
        (found) =>
          domains.has(mailHost(found.contactEmail)) &&
          domains.get(mailHost(found.contactEmail)) !== found.customerName,
      ),
    ).toBeGreaterThan(15);
  });

  it('renew what the ERP invoiced the customer through the partner for, but for those of a second partner', () => {
    const codes = new Map(accounts.map((account) => [account.key, account.partnerCode]));
    const renewals = registrations.filter((registration) => registration.dealType === 'renewal');
    const invoiced = renewals.filter((registration) =>
      sample.invoices.some(
        ({ partnerCode, customerName }) =>
          partnerCode === codes.get(registration.partnerKey) &&
          accounts.some(
            ({ name, domain }) => name === customerName && domain === registration.customerDomain,
          ),
      ),
    );
    expect(renewals.length).toBeGreaterThan(8);
    expect(share(invoiced.length, renewals.length)).toBeGreaterThan(0.7);
  });

  it('come from two partners, one in each CRM, that may sell in some countries only, among others', () => {
    for (const { accounts: ours, registrations: theirs } of crms(sample)) {
      const limited = ours.filter(({ territory }) => territory !== undefined);
      expect(limited).toHaveLength(1);
      expect(theirs.some(({ partnerKey }) => partnerKey === limited[0]?.key)).toBe(true);
    }
  });

  it('have another registration or an open deal of our own on the same customer in two fifths of the cases or so', () => {
    const open = all(sample, 'opportunities').filter((deal) => !deal.stage.startsWith('closed'));
    const hostOf = (registration: (typeof registrations)[number]): string =>
      registration.contactEmail?.split('@')[1] ?? '';
    const rivals = registrations.filter((registration) => {
      const account = accounts.find((candidate) => candidate.domain === hostOf(registration));
      const deal = open.some(
        (candidate) => candidate.accountKey === account?.key && candidate.key !== registration.opportunityKey,
      );
      return (
        deal ||
        registrations.some((other) => other !== registration && hostOf(other) === hostOf(registration))
      );
    });
    // National companies and free-mail contacts compete too, but share no address: 89 less 10 and 6, give or
    // take a shared mail host.
    expect(rivals.length).toBeGreaterThanOrEqual(70);
    expect(rivals.length).toBeLessThanOrEqual(89);
  });
});

describe('its invoices', () => {
  const { invoices } = sample;
  const cents = (invoice: SampleInvoice): number =>
    Math.round(Number(invoice.amount) * 100) * (invoice.kind === 'invoice' ? 1 : -1);

  it('are about 900, four fifths paid, some corrected by a credit memo, a handful in EUR', () => {
    const billed = invoices.filter((invoice) => invoice.kind === 'invoice');
    expect(invoices.length).toBeGreaterThan(820);
    expect(invoices.length).toBeLessThan(1000);
    expect(share(billed.filter((invoice) => invoice.paidOn !== null).length, billed.length)).toBeCloseTo(
      0.8,
      1,
    );
    const numbers = new Map(billed.map((invoice) => [invoice.number, invoice]));
    const credits = invoices.filter((invoice) => invoice.kind === 'credit_memo');
    expect(credits.length).toBeGreaterThan(20);
    for (const credit of credits) {
      const corrected = numbers.get(credit.appliesTo ?? '');
      expect(corrected).toMatchObject({ partnerCode: credit.partnerCode, currency: credit.currency });
      expect(Number(credit.amount)).toBeLessThanOrEqual(Number(corrected?.amount));
      expect(credit.issuedOn > (corrected?.issuedOn ?? '')).toBe(true);
    }
    const euros = invoices.filter((invoice) => invoice.currency === 'EUR').length;
    expect(euros).toBeGreaterThan(2);
    expect(euros).toBeLessThan(25);
  });

  it('put partners into every tier from 0 through 100,000 and 500,000 to 2,000,000 USD', () => {
    const revenue = new Map<string, number>();
    for (const invoice of invoices.filter(
      (found) => found.currency === 'USD' && found.issuedOn > '2025-11-22',
    )) {
      revenue.set(invoice.partnerCode, (revenue.get(invoice.partnerCode) ?? 0) + cents(invoice) / 100);
    }
    const reached = (from: number, below: number): number =>
      [...revenue.values()].filter((total) => total >= from && total < below).length;
    expect(
      [reached(0, 1e5), reached(1e5, 5e5), reached(5e5, 2e6), reached(2e6, Infinity)].every(
        (partners) => partners >= 2,
      ),
    ).toBe(true);
  });

  it('become one file a month that the file connector reads without a problem, to the last cent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'invoices-'));
    try {
      const files = invoicesToCsv(invoices);
      expect(files.map(([name]) => name)).toEqual(files.map(([name]) => name).toSorted());
      expect(files.every(([name]) => /^invoices-\d{4}-\d{2}\.csv$/.test(name))).toBe(true);
      for (const [name, csv] of files) writeFileSync(join(folder, name), csv);
      const connector = createFiles({
        ...alone,
        settings: { inbox: folder, outbox: folder },
        secrets: {},
        now: () => today,
      });
      let total = 0;
      for await (const page of connector.pull({
        object: 'invoice',
        fields: invoiceColumns,
        since: null,
        resume: null,
      })) {
        expect(page.problems ?? []).toEqual([]);
        total += page.records.reduce(
          (sum, { fields }) =>
            sum + Math.round(Number(fields['amount']) * 100) * (fields['kind'] === 'invoice' ? 1 : -1),
          0,
        );
      }
      expect(total).toBe(invoices.reduce((sum, invoice) => sum + cents(invoice), 0));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a sample of real companies', () => {
  it('makes an account of each of 30,000, and keeps the other counts', () => {
    const companies = Array.from({ length: 30_000 }, (_, n) => ({
      name: `Company ${n} Ltd`,
      domain: n % 10 === 0 ? null : `company-${n}.com`,
      country: 'United Kingdom',
      city: 'Leeds',
      zipcode: null,
    }));
    const large = generateSample({ seed: 1, companies, today });
    const accounts = all(large, 'accounts');
    expect([accounts.length, accounts.filter((account) => account.isPartner).length]).toEqual([30_000, 60]);
    expect([all(large, 'opportunities').length, all(large, 'registrations').length]).toEqual([3000, 200]);
    expect(accounts[0]).toMatchObject({ country: 'GB', countryName: 'United Kingdom' });
  });

  it('reads them from a CSV file, with quotes and empty cells', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'companies-'));
    try {
      const file = join(folder, 'companies.csv');
      writeFileSync(
        file,
        'shareclass_figi,name,domain,country,state,city,zipcode,exchange\nX1,"Acme, Inc.",acme.com,United States,IL,Chicago,60606,NYS\n,Solo,,,,,,\n',
      );
      expect(await readCompanies(file)).toEqual([
        {
          name: 'Acme, Inc.',
          domain: 'acme.com',
          country: 'United States',
          city: 'Chicago',
          zipcode: '60606',
        },
        { name: 'Solo', domain: null, country: null, city: null, zipcode: null },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
