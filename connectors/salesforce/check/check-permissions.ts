import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { quoted } from '#connectors/salesforce/record.ts';

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

const userShape = z.object({
  records: z.tuple([z.object({ Profile: z.object({ UserLicense: z.object({ Name: z.string() }) }) })]),
});
const assignedShape = z.object({
  records: z.array(
    z.object({ PermissionSetLicense: z.object({ DeveloperName: z.string(), MasterLabel: z.string() }) }),
  ),
});
/** The licence of an API-only user. Without the permission set licence it allows no standard object. */
const integrationLicence = 'Salesforce Integration';
const neededLicence = { name: 'SalesforceAPIIntegrationPsl', label: 'Salesforce API Integration' };

/**
 * A user licence limits what a permission set can give. Other user licences than the one for integrations include accounts and
 * opportunities, or the objects below are missing.
 * Sources: Object Reference, UserLicense and PermissionSetLicenseAssign.
 */
export async function licenceCheck(client: SalesforceClient): Promise<AccessCheck> {
  const about = 'licences';
  const user = quoted(await client.userId());
  try {
    const profile = `SELECT Profile.UserLicense.Name FROM User WHERE Id = '${user}'`;
    const [{ Profile }] = userShape.parse(await client.query(profile)).records;
    const licence = Profile.UserLicense.Name;
    if (licence !== integrationLicence) return { about, result: 'ok', message: `${licence}.`, fix: null };
    const assigned = `SELECT PermissionSetLicense.DeveloperName, PermissionSetLicense.MasterLabel FROM PermissionSetLicenseAssign WHERE AssigneeId = '${user}'`;
    const { records } = assignedShape.parse(await client.query(assigned));
    const has = records.some(
      ({ PermissionSetLicense: { DeveloperName, MasterLabel } }) =>
        DeveloperName === neededLicence.name || MasterLabel === neededLicence.label,
    );
    if (has) return { about, result: 'ok', message: `${licence} with ${neededLicence.label}.`, fix: null };
    return {
      about,
      result: 'missing',
      message: `The integration user has the user licence ${licence} without the permission set licence ${neededLicence.label}, so Fairway_Integration cannot be assigned to it.`,
      fix: licenceFix,
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !notShown.has(error.failure.class)) throw error;
    const message = `Salesforce does not show the licences of the integration user: ${error.failure.message}`;
    return { about, result: 'degraded', message, fix: licenceFix };
  }
}

const notShown: ReadonlySet<string> = new Set(['mapping', 'permission', 'gone']);
const licenceFix =
  'Assign Salesforce API Integration to the integration user (Setup › Users › that user › Permission Set License Assignments › Edit Assignments).';

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
