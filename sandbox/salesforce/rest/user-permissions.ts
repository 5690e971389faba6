import type { Org } from '#sandbox/salesforce/records/org.ts';
import { lacksLicence, settingsOf, type Settings } from '#sandbox/salesforce/settings.ts';

/** True for a query of the system permissions of the user who asks. */
export const asksForPermissions = (soql: string): boolean => /\bFROM\s+UserPermissionAccess\b/i.test(soql);

export const isWithheld = (org: Org, permission: Settings['withheldPermissions'][number]): boolean =>
  settingsOf(org).withheldPermissions.includes(permission);

/**
 * One row with the asked permissions of the user who asks. The integration user has all but those that are withheld.
 * Source: Object Reference, UserPermissionAccess.
 */
export function userPermissions(org: Org, soql: string): readonly object[] {
  const withheld = settingsOf(org).withheldPermissions.map((name) => `Permissions${name}`);
  const asked = [...soql.matchAll(/\bPermissions\w+/g)].map(([name]) => name);
  const row = Object.fromEntries(asked.map((name) => [name, !withheld.includes(name)]));
  return [{ attributes: { type: 'UserPermissionAccess' }, ...row }];
}

/** True for a query of the user licence or of the permission set licences of the integration user. */
export const asksForLicences = (soql: string): boolean =>
  /\bFROM\s+PermissionSetLicenseAssign\b|\bProfile\.UserLicense\.Name\b/i.test(soql);

/**
 * In a profile with minimum access, the integration user has the licence of integrations, which allows standard objects
 * only together with the permission set licence.
 * Source: Object Reference, UserLicense, PermissionSetLicenseAssign.
 */
export function userLicences(org: Org, soql: string): readonly object[] {
  const isMinimum = org.profile.integrationUser === 'minimum';
  if (/\bProfile\.UserLicense\.Name\b/i.test(soql))
    return [{ Profile: { UserLicense: { Name: isMinimum ? 'Salesforce Integration' : 'Salesforce' } } }];
  if (!isMinimum || lacksLicence(org)) return [];
  const PermissionSetLicense = {
    DeveloperName: 'SalesforceAPIIntegrationPsl',
    MasterLabel: 'Salesforce API Integration',
  };
  return [{ PermissionSetLicense }];
}
