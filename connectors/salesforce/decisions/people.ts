import { z } from 'zod';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { readUsers } from '#connectors/salesforce/owners.ts';

const authorShape = z.object({
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
    authorShape,
  )) {
    const isPerson =
      IsActive && UserType !== 'AutomatedProcess' && Id.slice(0, 15) !== ourselves.slice(0, 15);
    if (isPerson && Email) emails.set(Id, Email);
  }
  return emails;
}
