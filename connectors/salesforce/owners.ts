import { z } from 'zod';
import type { RecordOwner } from '#connectors/contract/crm.ts';
import type { SalesforceClient } from './client.ts';
import { quoted } from './record.ts';

/** A query is part of the URL, which may have 16,384 characters. */
export const idsPerQuery = 400;
/** The ids of users begin with this. Queues own records too, and are no people. */
const userPrefix = '005';

const userShape = z.object({ Id: z.string(), Name: z.string(), Email: z.string().nullish() });

/** The users among these owners. @throws ConnectorError */
export async function readSalesforceOwners(
  client: SalesforceClient,
  extIds: readonly string[],
): Promise<readonly RecordOwner[]> {
  const ids = extIds.filter((id) => id.startsWith(userPrefix));
  const users = await readUsers(client, ids, userShape);
  return users.map(({ Id, Name, Email }) => ({ extId: Id, name: Name, email: Email ?? null }));
}

/** The fields of these users that the shape names. @throws ConnectorError */
export async function readUsers<Shape extends z.ZodObject>(
  client: SalesforceClient,
  ids: readonly string[],
  shape: Shape,
): Promise<readonly z.infer<Shape>[]> {
  const answer = z.object({ records: z.array(shape) });
  const users: z.infer<Shape>[] = [];
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    const listed = ids.slice(start, start + idsPerQuery).map((id) => `'${quoted(id)}'`);
    const columns = Object.keys(shape.shape).join(', ');
    const soql = `SELECT ${columns} FROM User WHERE Id IN (${listed.join(',')})`;
    users.push(...answer.parse(await client.query(soql)).records);
  }
  return users;
}
