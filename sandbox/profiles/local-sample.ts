import type { CrmSample, Sample, SampleInvoice } from '#sandbox/sample.ts';
import type { Profile } from './profile.ts';

/**
 * The sample as this customer would have it: a CRM with one currency has all its amounts in that one, and one
 * with several has them in those that are active.
 */
export function localSample({ salesforce, hubspot, invoiceCurrencies }: Profile, sample: Sample): Sample {
  const portalCurrencies = [hubspot.companyCurrency, ...hubspot.additionalCurrencies];
  const orgCurrencies = salesforce.currencies ?? [salesforce.currency];
  return {
    salesforce: inCurrencies(
      salesforce.countryPicklists ? withIsoNames(sample.salesforce) : sample.salesforce,
      orgCurrencies,
      salesforce.currency,
    ),
    hubspot: inCurrencies(sample.hubspot, portalCurrencies, hubspot.companyCurrency),
    invoices: sample.invoices.map((invoice) => billedIn(invoice, invoiceCurrencies)),
  };
}

function inCurrencies(sample: CrmSample, active: readonly string[], otherwise: string): CrmSample {
  const local = <T extends { readonly currency: string }>(one: T): T =>
    active.includes(one.currency) ? one : { ...one, currency: otherwise };
  return {
    ...sample,
    opportunities: sample.opportunities.map(local),
    registrations: sample.registrations.map(local),
    ...(sample.lines ? { lines: sample.lines.map(local) } : {}),
  };
}

/**
 * Names that the picklist of countries has when it is switched on.
 * Source: Salesforce Help, State and Country/Territory Picklists: the integration values are the ISO names.
 */
const isoNames = [
  ['MD', 'Moldova, Republic of'],
  ['KR', 'Korea, Republic of'],
  ['BO', 'Bolivia, Plurinational State of'],
  ['TZ', 'Tanzania, United Republic of'],
  ['CD', 'Congo, the Democratic Republic of the'],
  ['VN', 'Viet Nam'],
] as const;
const everyForeign = 9;

/** Some customers are in countries whose ISO names people do not use. */
function withIsoNames(sample: CrmSample): CrmSample {
  const accounts = sample.accounts.map((account, place) => {
    if (account.isPartner || place % everyForeign !== 0) return account;
    const iso = isoNames[(place / everyForeign) % isoNames.length] ?? isoNames[0];
    return { ...account, country: iso[0], countryName: iso[1] };
  });
  return { ...sample, accounts };
}

/** Two of ten partners are billed in each of the further currencies, with as many decimals as it has: one in either CRM. */
function billedIn(invoice: SampleInvoice, currencies: Profile['invoiceCurrencies']): SampleInvoice {
  const place = Number(invoice.partnerCode.slice(-1)) - firstForeign;
  const currency = place < 2 * currencies.length ? currencies[place % currencies.length] : undefined;
  if (currency === undefined) return invoice;
  const amount = { JPY: invoice.amount.replace(/\.\d+$/, ''), KWD: `${invoice.amount}5` }[currency];
  return { ...invoice, currency, amount };
}

/** The last digit of the codes of the first partners that are billed in a further currency. */
const firstForeign = 3;

/** The CRM of a customer who has not installed an integration yet. */
export function withoutPartnerData(sample: CrmSample): CrmSample {
  return {
    ...sample,
    accounts: sample.accounts.map(({ territory: _, ...account }) => ({ ...account, partnerCode: null })),
    registrations: [],
  };
}
