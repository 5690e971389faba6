import { Client } from '@hubspot/api-client';
import { count, isNotNull } from 'drizzle-orm';
import { Connection } from 'jsforce';
import { expect } from 'vitest';
import { account, opportunity } from '#src/db/schema/channel.ts';
import { profileNamed, type ProfileName } from '#sandbox/profiles/profiles.ts';
import type { Expected } from '#sandbox/profiles/expected.ts';
import type { FinishedRun, Service } from '#test/support/service.ts';

/** Registrations, deals and payouts are those that the sandbox works out itself. */
export async function expectOracle(
  service: Service,
  profile: ProfileName,
  { registrations }: FinishedRun['summary'],
): Promise<void> {
  const expected = await fetchJson<Expected>(`${service.addresses.control}/expected`);
  expect(registrations.total).toBe(
    expected.registrations.salesforce.length + expected.registrations.hubspot.length,
  );
  expect(await currenciesOfDeals(service)).toEqual(currenciesIn(profile));
  expect(await closeDatesOfDeals(service)).toEqual(expected.closeDates);
  expect(await countriesOfAccounts(service)).toEqual(expected.countries);
  const rep = await salesRep(service);
  const shown = [...(await salesforcePayouts(rep)), ...(await hubspotPayouts(service))];
  const paid = Object.entries(expected.payouts).map(
    ([key, { currency, amount }]) => `${key} ${amount} ${currency}`,
  );
  expect(shown.toSorted()).toEqual(paid.toSorted());
  const labels = await salesforceLabels(rep);
  expect(labels.revenues).toBeGreaterThan(5);
  expect(labels.wrong).toEqual([]);
}

export async function fetchJson<T>(url: string, body?: unknown, method = 'POST'): Promise<T> {
  const post = {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, body === undefined ? {} : post);
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The currencies of the deals as Fairway understood them. */
async function currenciesOfDeals({ deps }: Service): Promise<string[]> {
  const rows = await deps.db.selectDistinct({ currency: opportunity.currency }).from(opportunity);
  return rows.flatMap(({ currency }) => currency ?? []).toSorted();
}

/** The number of deals that close on each day, as Fairway understood them. */
async function closeDatesOfDeals({ deps }: Service): Promise<Record<string, number>> {
  const rows = await deps.db
    .select({ day: opportunity.closeDate, deals: count() })
    .from(opportunity)
    .groupBy(opportunity.closeDate);
  return Object.fromEntries(rows.map(({ day, deals }) => [String(day), deals]));
}

/** The number of accounts in each country, as Fairway understood them. */
async function countriesOfAccounts({ deps }: Service): Promise<Record<string, number>> {
  const rows = await deps.db
    .select({ country: account.country, accounts: count() })
    .from(account)
    .where(isNotNull(account.country))
    .groupBy(account.country);
  return Object.fromEntries(rows.map(({ country, accounts }) => [String(country), accounts]));
}

/** The sample has deals in dollars and euros; a CRM with one currency has all of them in that one. */
function currenciesIn(profile: ProfileName): string[] {
  const { salesforce, hubspot } = profileNamed(profile);
  const ofOrg = salesforce.currencies === null ? [salesforce.currency] : ['EUR', 'USD'];
  const ofPortal = hubspot.additionalCurrencies.length === 0 ? [hubspot.companyCurrency] : ['EUR', 'USD'];
  return [...new Set([...ofOrg, ...ofPortal])].toSorted();
}

async function salesRep({ addresses: { salesforce } }: Service): Promise<Connection> {
  const { accessToken } = await fetchJson<{ accessToken: string }>(`${salesforce}/sandbox/users`, {
    username: 'rep@cascadia.example',
    lastName: 'Rep',
    permissionSets: ['Fairway_Internal'],
  });
  return new Connection({ instanceUrl: salesforce, accessToken, version: '67.0' });
}

/** Each payout as a sales rep sees it: key, amount and the currency in which the org shows the amount. */
async function salesforcePayouts(rep: Connection): Promise<string[]> {
  const { fields } = await rep.sobject('Fairway_Payout__c').describe();
  const currency = fields.some(({ name }) => name === 'CurrencyIsoCode') ? 'CurrencyIsoCode' : 'Currency__c';
  const { records } = await rep.query(`SELECT Key__c, Amount__c, ${currency} FROM Fairway_Payout__c`);
  return records.map((record) =>
    shownPayout(String(record['Key__c']), Number(record['Amount__c']), String(record[currency])),
  );
}

/**
 * Amounts of other records that an org would show in another currency than their own: trailing revenue is in the
 * programme's currency, which the text beside it names, and a registration has the currency of its deal.
 */
async function salesforceLabels(rep: Connection) {
  const { records: accounts } = await rep.query(
    'SELECT Id, Fairway_Trailing_Revenue__c, Fairway_Tier_Standing__c FROM Account WHERE Fairway_Trailing_Revenue__c > 0',
  );
  const { fields } = await rep.sobject('Fairway_Registration__c').describe();
  const isNamed = fields.some(({ name }) => name === 'CurrencyIsoCode');
  const { records: registrations } = isNamed
    ? await rep.query('SELECT Id, Currency__c, CurrencyIsoCode FROM Fairway_Registration__c')
    : { records: [] };
  return {
    revenues: accounts.length,
    wrong: [
      ...accounts.filter(({ Fairway_Tier_Standing__c: text }) => !/[\d,.]+ USD /.test(String(text))),
      ...registrations.filter((one) => one['Currency__c'] !== one['CurrencyIsoCode']),
    ],
  };
}

interface HubspotCredentials {
  readonly secrets: { readonly accessToken?: string };
  readonly tokens?: { readonly accessToken: string };
}

async function hubspotPayouts({ addresses: { hubspot, control } }: Service): Promise<string[]> {
  const { hubspot: app } = await fetchJson<{ hubspot: HubspotCredentials }>(`${control}/credentials`, {
    publicKeyPem: '',
  });
  const accessToken = app.tokens?.accessToken ?? app.secrets.accessToken ?? '';
  const client = new Client({ accessToken, basePath: hubspot });
  const path = '/crm/objects/2026-09/p_fairway_payout?limit=100&properties=key,amount,currency';
  const answer = await client.apiRequest({ method: 'GET', path });
  const { results } = (await answer.json()) as {
    results: { properties: { key: string; amount: string; currency: string } }[];
  };
  return results.map(({ properties: { key, amount, currency } }) =>
    shownPayout(key, Number(amount), currency),
  );
}

const decimals: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 };
const shownPayout = (key: string, amount: number, currency: string): string =>
  `${key} ${amount.toFixed(decimals[currency] ?? 2)} ${currency}`;
