import { z } from 'zod';
import type { Region } from '#connectors/contract/crm.ts';
import type { SalesforceClient } from './client.ts';

const organizationShape = z.object({ records: z.tuple([z.object({ TimeZoneSidKey: z.string() })]) });
const corporateShape = z.object({ records: z.tuple([z.object({ IsoCode: z.string().length(3) })]) });
const urlOf = (soql: string): string => `/query?q=${encodeURIComponent(soql)}`;

/**
 * The default time zone of the org, and its corporate currency or its only one. Only SOAP's `getUserInfo` names
 * the currency of an org with one currency, and `CurrencyType` exists only in orgs with several (Salesforce
 * object reference, CurrencyType).
 * @throws ConnectorError
 */
export async function readSalesforceRegion(client: SalesforceClient): Promise<Region> {
  const { body } = await client.repeatable({
    method: 'GET',
    url: urlOf('SELECT TimeZoneSidKey FROM Organization'),
  });
  const [{ TimeZoneSidKey: timeZone }] = organizationShape.parse(body).records;
  const only = await client.onlyCurrency();
  if (only !== null) return { currency: only, timeZone };
  const corporate = await client.repeatable({
    method: 'GET',
    url: urlOf('SELECT IsoCode FROM CurrencyType WHERE IsCorporate = true'),
  });
  const [{ IsoCode: currency }] = corporateShape.parse(corporate.body).records;
  return { currency, timeZone };
}
