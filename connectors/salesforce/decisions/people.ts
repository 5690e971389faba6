import { z } from 'zod';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { idsPerQuery, readUsers } from '#connectors/salesforce/owners.ts';
import { quoted } from '#connectors/salesforce/record.ts';
import { crmObjectName } from '#connectors/salesforce/schema/naming.ts';

const automation = 'AutomatedProcess';

const personShape = z.object({
  Id: z.string(),
  Email: z.string().nullish(),
  IsActive: z.boolean(),
  UserType: z.string().nullish(),
});

/** The addresses of active people by user id. Integration users and users of automations are left out. */
export async function emailsOfPeople(
  client: SalesforceClient,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ourselves = await client.userId();
  const emails = new Map<string, string>();
  for (const { Id, Email, IsActive, UserType } of await readUsers(
    client,
    [...new Set(userIds)],
    personShape,
  )) {
    const isPerson = IsActive && UserType !== automation && !isSameUser(Id, ourselves);
    if (isPerson && Email) emails.set(Id, Email);
  }
  return emails;
}

const creatorShape = z.object({ records: z.array(z.object({ Id: z.string(), CreatedById: z.string() })) });

/**
 * The people who created these registrations, by their ids, also those who have left. `CreatedById` can be written only with
 * the permission “Set Audit Fields upon Record Creation”.
 * @throws ConnectorError
 */
export async function readSalesforceCreators(
  client: SalesforceClient,
  registrations: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const object = crmObjectName('registration');
  const creators = new Map<string, string>();
  for (let start = 0; start < registrations.length; start += idsPerQuery) {
    const listed = registrations.slice(start, start + idsPerQuery).map((id) => `'${quoted(id)}'`);
    const soql = `SELECT Id, CreatedById FROM ${object} WHERE Id IN (${listed.join(',')})`;
    for (const { Id, CreatedById } of creatorShape.parse(await client.query(soql)).records)
      creators.set(Id, CreatedById);
  }
  const ourselves = await client.userId();
  const others = new Set([...creators.values()].filter((id) => !isSameUser(id, ourselves)));
  const users = new Map((await readUsers(client, [...others], personShape)).map((user) => [user.Id, user]));
  return new Map(
    [...creators].flatMap(([id, creator]): [string, string | null][] => {
      if (isSameUser(creator, ourselves)) return [[id, null]];
      const user = users.get(creator);
      if (user?.UserType === automation) return [[id, null]];
      return user?.Email ? [[id, user.Email]] : [];
    }),
  );
}

/** An id of 18 characters repeats the one of 15 with three that check the case of its letters. */
const isSameUser = (one: string, other: string): boolean => one.slice(0, 15) === other.slice(0, 15);
