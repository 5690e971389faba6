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
    salesforce: inCurrencies(sample.salesforce, orgCurrencies, salesforce.currency),
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

/** Every tenth partner is billed in one of the further currencies, with as many decimals as it has. */
function billedIn(invoice: SampleInvoice, currencies: Profile['invoiceCurrencies']): SampleInvoice {
  const currency = currencies[Number(invoice.partnerCode.slice(-1)) - firstForeign];
  if (currency === undefined) return invoice;
  const amount = { JPY: invoice.amount.replace(/\.\d+$/, ''), KWD: `${invoice.amount}5` }[currency];
  return { ...invoice, currency, amount };
}

/** The last digit of the codes of the partners that are billed in the first further currency. */
const firstForeign = 3;
