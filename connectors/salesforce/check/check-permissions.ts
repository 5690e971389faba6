import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';

const setup = 'Setup › Permission Sets › System Permissions';

/** System permissions by their names in queries, and what connecting cannot do without them. */
const permissions = [
  {
    field: 'PermissionsModifyMetadata',
    name: 'Modify Metadata Through Metadata API Functions',
    without: 'Connecting cannot deploy objects, fields and permission sets.',
    fix: `Give it to the integration user for the first connect (${setup}), or let an admin deploy what \`npm run fairway -- schema --out salesforce-source\` writes.`,
  },
  {
    field: 'PermissionsAssignPermissionSets',
    name: 'Assign Permission Sets',
    without: 'Connecting cannot assign Fairway_Integration.',
    fix: `Give it to the integration user for the first connect (${setup}), or assign Fairway_Integration to that user yourself after the deployment.`,
  },
  {
    field: 'PermissionsViewSetup',
    name: 'View Setup and Configuration',
    without: 'The selection of objects for change events cannot be read, so changes are found by polling.',
    fix: `Give it to the integration user (${setup}).`,
  },
] as const;

const rowShape = z.object({ records: z.tuple([z.record(z.string(), z.unknown())]) });

/**
 * The system permissions that connecting uses. Source: Object Reference, UserPermissionAccess: the permissions of the
 * user who asks.
 */
export async function permissionChecks(client: SalesforceClient): Promise<readonly AccessCheck[]> {
  const soql = `SELECT ${permissions.map(({ field }) => field).join(', ')} FROM UserPermissionAccess`;
  try {
    const body = await client.query(soql);
    const [row] = rowShape.parse(body).records;
    return permissions.map(({ field, name, without, fix }): AccessCheck => {
      const about = `permission “${name}”`;
      return row[field] === true
        ? { about, result: 'ok', message: 'The integration user has it.', fix: null }
        : { about, result: 'degraded', message: `The integration user lacks it. ${without}`, fix };
    });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.failure.class !== 'mapping') throw error;
    const message = `Salesforce does not show the permissions of the integration user: ${error.failure.message}`;
    return [{ about: 'permissions of Setup', result: 'degraded', message, fix: permissions[0].fix }];
  }
}
