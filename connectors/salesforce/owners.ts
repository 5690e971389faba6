import { z } from 'zod';
import type { RecordOwner } from '#connectors/contract/crm.ts';
import type { SalesforceClient } from './client.ts';
import { quoted } from './record.ts';

/** A query is part of the URL, which may have 16,384 characters. */
const idsPerQuery = 400;
/** The ids of users begin with this. Queues own records too, and are no people. */
const userPrefix = '005';

const usersShape = z.object({
  records: z.array(z.object({ Id: z.string(), Name: z.string(), Email: z.string().nullish() })),
});

/** The users among these owners. @throws ConnectorError */
export async function readSalesforceOwners(
  client: SalesforceClient,
  extIds: readonly string[],
): Promise<readonly RecordOwner[]> {
  const ids = extIds.filter((id) => id.startsWith(userPrefix));
  const owners: RecordOwner[] = [];
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    const listed = ids.slice(start, start + idsPerQuery).map((id) => `'${quoted(id)}'`);
    const soql = `SELECT Id, Name, Email FROM User WHERE Id IN (${listed.join(',')})`;
    const body = await client.query(soql);
    for (const { Id, Name, Email } of usersShape.parse(body).records)
      owners.push({ extId: Id, name: Name, email: Email ?? null });
  }
  return owners;
}
