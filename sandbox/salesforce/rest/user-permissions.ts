import type { Org } from '#sandbox/salesforce/records/org.ts';
import { settingsOf, type Settings } from '#sandbox/salesforce/settings.ts';

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
