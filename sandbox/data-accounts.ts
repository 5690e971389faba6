import type { Calendar } from './data-calendar.ts';
import type { Company, CompanyNames } from './data-names.ts';
import type { Random } from './data-random.ts';
import { countries } from './data-words.ts';
import type { SampleAccount } from './sample.ts';

export type Crm = 'salesforce' | 'hubspot';

/** An account and the CRM it lives in. */
export interface Placed {
  readonly crm: Crm;
  readonly account: SampleAccount;
}

/** In a whole sample. */
export const mostPartners = 60;
export const customerCount = 1940;
const salesforceShare = 0.6;

/** The territories of two partners, one in each CRM. The others may sell anywhere. */
const territories: Readonly<Record<number, string>> = {
  7: 'US; CA; GB; IE',
  8: 'Germany; Austria; Switzerland',
};

/** Generated companies, or none when real ones are given. */
export function generateCompanies(names: CompanyNames, partners: number, customers: number): Company[] {
  return [
    ...Array.from({ length: partners }, () => names.partner()),
    ...Array.from({ length: customers }, () => names.customer()),
  ];
}

/** Every company as an account; the companies at `partnerAt` are partners. */
export function makeSampleAccounts(
  companies: readonly Company[],
  partnerAt: ReadonlySet<number>,
  random: Random,
  calendar: Calendar,
): Placed[] {
  let partners = 0;
  return companies.map((company, index): Placed => {
    const isPartner = partnerAt.has(index);
    if (isPartner) partners += 1;
    // Partners are dealt out, so that every sample has the same number of them in each CRM.
    const crm = (isPartner ? partners % 5 < 3 : random.chance(salesforceShare)) ? 'salesforce' : 'hubspot';
    const createdDaysAgo = random.between(30, 1500);
    return {
      crm,
      account: {
        key: `acc-${String(index + 1).padStart(5, '0')}`,
        name: company.name,
        domain: company.domain,
        country: countryCode(company.country),
        countryName: company.country,
        city: company.city,
        postcode: company.zipcode,
        phone: phone(company, random),
        isPartner,
        partnerCode: isPartner ? `P-${String(partners).padStart(4, '0')}` : null,
        ...(isPartner && territories[partners] !== undefined ? { territory: territories[partners] } : {}),
        createdAt: calendar.instant(createdDaysAgo),
        modifiedAt: calendar.instant(createdDaysAgo * random.next()),
      },
    };
  });
}

function phone(company: Company, random: Random): string | null {
  const country = countries.find((candidate) => candidate.name === company.country);
  if (!country || random.chance(0.3)) return null;
  return `${country.dial} ${random.between(20, 99)} ${random.between(1_000_000, 9_999_999)}`;
}

/** English names in registers that Unicode spells otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  Turkey: 'TR',
  'Hong Kong': 'HK',
  Macau: 'MO',
  'Czech Republic': 'CZ',
  Macedonia: 'MK',
  Myanmar: 'MM',
};
const codes = englishNames();

function englishNames(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const all = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => new Intl.Locale(`und-${code}`).region === code);
  return new Map([
    ...all.map((code): [string, string] => [names.of(code) ?? code, code]),
    ...Object.entries(otherNames),
  ]);
}

function countryCode(name: string | null): string | null {
  return name === null ? null : (codes.get(name) ?? null);
}
