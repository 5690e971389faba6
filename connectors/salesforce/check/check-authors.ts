import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';

const about = 'authors of decisions';
const permission = 'Set Audit Fields upon Record Creation';
const assignedShape = z.object({
  records: z.array(
    z.object({
      Assignee: z.object({ Username: z.string() }).nullish(),
      PermissionSet: z.object({ Label: z.string() }),
    }),
  ),
});
const soql =
  'SELECT Assignee.Username, PermissionSet.Label FROM PermissionSetAssignment WHERE PermissionSet.PermissionsCreateAuditFields = true LIMIT 200';
/** An org whose setting for audit fields is off has no such field, and a user without rights does not see it. */
const notShown: ReadonlySet<string> = new Set(['mapping', 'permission', 'gone']);

/**
 * Users who may write `CreatedById` of a new record can decide in another person's name. A profile is in the answer as
 * the permission set that belongs to it. Source: Object Reference, PermissionSet and PermissionSetAssignment.
 */
export async function authorsCheck(client: SalesforceClient): Promise<AccessCheck> {
  try {
    const { records } = assignedShape.parse(await client.query(soql));
    if (records.length === 0)
      return { about, result: 'ok', message: `No user has “${permission}”.`, fix: null };
    const users = [...new Set(records.flatMap(({ Assignee }) => Assignee?.Username ?? []))];
    const sets = [...new Set(records.map(({ PermissionSet }) => PermissionSet.Label))];
    return {
      about,
      result: 'degraded',
      message: `These users have “${permission}” and can decide registrations in another person’s name: ${listed(users)}.`,
      fix: `Take the permission away, or remove the users (Setup › Permission Sets or Profiles › ${listed(sets)} › System Permissions › ${permission}).`,
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !notShown.has(error.failure.class)) throw error;
    const message = `Salesforce does not show who has “${permission}”: the permission is off in this org, or the integration user does not see it.`;
    return { about, result: 'ok', message, fix: null };
  }
}

const mostListed = 10;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
