import { z } from 'zod';
import type { PartnerCandidate } from '#connectors/contract/crm.ts';
import { mayMeanPartner, usuallyMeansPartner } from '#connectors/contract/partner-words.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { identifier, quoted } from '#connectors/salesforce/record.ts';
import { toDescription } from './describe.ts';

const countShape = z.object({ totalSize: z.number() });
const recordTypesShape = z.object({ records: z.array(z.object({ Id: z.string(), Name: z.string() })) });
/** More picklist values than this would cost too many calls at every connect. */
const mostCandidates = 12;

type Rule = Omit<PartnerCandidate, 'accounts'>;

/**
 * Orgs say in three ways that an account is a partner: by a picklist value, by the standard checkbox `IsPartner` of
 * accounts that are enabled for a partner portal, and by a record type.
 * Sources: Object Reference, Account (`Type`, `IsPartner`, `RecordTypeId`); SOQL Reference, COUNT().
 */
export async function salesforcePartnerCandidates(
  client: SalesforceClient,
): Promise<readonly PartnerCandidate[]> {
  const { body } = await client.repeatable({ method: 'GET', url: '/sobjects/Account/describe' });
  const { fields } = toDescription(body);
  const names = new Set(fields.map(({ name }) => name));
  const picklists = fields.flatMap(({ name, label, values = [] }) =>
    values.filter(mayMeanPartner).map((value): Rule => ({
      field: name,
      values: [value],
      label: `${label} is ${value}`,
      usual: name === 'Type' && usuallyMeansPartner(value),
    })),
  );
  const checkbox: readonly Rule[] = names.has('IsPartner')
    ? [{ field: 'IsPartner', values: ['true'], label: 'the account is enabled as a partner', usual: true }]
    : [];
  const recordTypes = names.has('RecordTypeId') ? await partnerRecordTypes(client) : [];
  // The standard field first, because a custom picklist may have many such values.
  const rules = [...picklists.filter(({ field }) => field === 'Type'), ...checkbox, ...recordTypes];
  const others = picklists.filter(({ field }) => field !== 'Type');
  const counted: PartnerCandidate[] = [];
  for (const rule of [...rules, ...others].slice(0, mostCandidates))
    counted.push({ ...rule, accounts: await countAccounts(client, rule) });
  return counted;
}

async function partnerRecordTypes(client: SalesforceClient): Promise<readonly Rule[]> {
  const soql = "SELECT Id, Name FROM RecordType WHERE SobjectType = 'Account' AND IsActive = true";
  const body = await client.query(soql);
  return recordTypesShape
    .parse(body)
    .records.filter(({ Name }) => mayMeanPartner(Name))
    .map(({ Id, Name }) => ({
      field: 'RecordTypeId',
      values: [Id],
      label: `the record type is ${Name}`,
      usual: usuallyMeansPartner(Name) || usuallyMeansPartner(Name.replace(/ account$/i, '')),
    }));
}

async function countAccounts(client: SalesforceClient, { field, values }: Rule): Promise<number> {
  const [value = ''] = values;
  const literal = field === 'IsPartner' ? value : `'${quoted(value)}'`;
  const soql = `SELECT COUNT() FROM Account WHERE ${identifier(field)} = ${literal}`;
  const body = await client.query(soql);
  return countShape.parse(body).totalSize;
}
