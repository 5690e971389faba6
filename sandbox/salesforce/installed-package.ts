import type { InstalledPackage } from '#sandbox/profiles/profile.ts';
import { customKeyPrefix } from './records/ids.ts';
import type { Org } from './records/org.ts';
import type { FieldDef } from './records/schema.ts';
import { owner, systemFields } from './records/standard-objects.ts';
import { changeOrgSettings, settingsOf } from './settings.ts';

/**
 * Installs the managed package of a profile. All its names begin with its namespace, so that they never are those of
 * another package. Source: ISVforce Guide, Register Your Namespace Prefix.
 */
export function installPackage(org: Org): void {
  const { installedPackage } = org.profile;
  if (installedPackage === null || org.customObjectCount() > 0) return;
  const { namespace, objects, accountFields, lockedBy } = installedPackage;
  for (const { name, label, labelPlural } of objects)
    org.putObject({
      name: `${namespace}__${name}__c`,
      label,
      labelPlural,
      keyPrefix: customKeyPrefix(org.customObjectCount()),
      custom: true,
      fields: [...systemFields(), { name: 'Name', label: 'Name', type: 'string', length: 80 }, owner],
    });
  for (const { name, label, type } of accountFields) {
    const field: FieldDef = { name: `${namespace}__${name}__c`, label, type, custom: true, inProfiles: true };
    org.putField('Account', type === 'string' ? { ...field, length: 80 } : field);
  }
  const locked = {
    object: 'Account',
    errorCondition: `${lockedFieldOf(installedPackage)} = true`,
    message: `${namespace}: the partner is under review and cannot be changed.`,
    trigger: `${namespace}.Account${lockedBy}Trigger`,
  };
  changeOrgSettings(org, { validationRules: [...settingsOf(org).validationRules, locked] });
}

export const lockedFieldOf = ({ namespace, lockedBy }: InstalledPackage): string =>
  `${namespace}__${lockedBy}__c`;
