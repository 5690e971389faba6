import { z } from 'zod';
import type { Org } from './records/org.ts';

const duplicateRuleSchema = z.strictObject({
  name: z.string().min(1),
  object: z.string().min(1),
  /** Records are duplicates when all of these are equal and filled, without regard to case. */
  fields: z.array(z.string().min(1)).min(1),
  /** An alert accepts a request with `allowSave=true`; a block refuses every request. */
  action: z.enum(['alert', 'block']),
});
export type DuplicateRule = z.infer<typeof duplicateRuleSchema>;

const validationRuleSchema = z.strictObject({
  object: z.string().min(1),
  /** When a record is wrong, as the condition of a SOQL query: `Amount < 0`. */
  errorCondition: z.string().min(1),
  message: z.string().min(1),
  /** The field the message is shown at; without one, the top of the page. */
  field: z.string().min(1).optional(),
  /** The name of the rule in Setup. */
  name: z.string().min(1).optional(),
  /**
   * The same condition in the words of a formula, as the rule's metadata shows it; without it, the condition
   * is shown as it is.
   */
  formula: z.string().min(1).optional(),
  /** The Apex trigger that refuses the record, in place of a rule. Queries of rules do not show it. */
  trigger: z.string().min(1).optional(),
});
export type ValidationRule = z.infer<typeof validationRuleSchema>;

/** The configuration by the org's administrator. */
export const settingsSchema = z.strictObject({
  duplicateRules: z.array(duplicateRuleSchema),
  validationRules: z.array(validationRuleSchema),
  /**
   * Objects whose records a sharing rule shares with the integration user for reading and writing.
   * Source: Salesforce Help, Sharing Rules: “Read/Write: users can view and update records”.
   */
  sharedForEditing: z.array(z.string().min(1)),
  /**
   * System permissions that the integration user lacks, by their API names.
   * Source: Metadata API Developer Guide: deploying needs Modify Metadata or Modify All Data.
   */
  withheldPermissions: z.array(z.enum(['ModifyMetadata', 'AssignPermissionSets', 'ViewSetup'])),
  /**
   * Permission set licences that an integration user with the licence *Salesforce Integration* lacks.
   * Source: Object Reference, PermissionSetLicenseAssign.
   */
  withheldLicences: z.array(z.enum(['SalesforceAPIIntegrationPsl'])),
  /**
   * Objects and fields (`Account`, `Account.Website`) that nothing shows to the integration user, whatever its
   * permission sets grant; a part of an address by the whole address, `Account.BillingAddress`.
   */
  hidden: z.array(z.string().min(1)),
  /** True when no new record fits into the org's data storage. */
  storageFull: z.boolean(),
  /** API calls in 24 hours. */
  dailyCalls: z.int().min(0),
  /** The duration of a bulk job, in real time. */
  bulkMs: z.int().min(0).max(600_000),
  /** Rows on a page of a bulk query's results, unless the client asks for fewer. */
  bulkPageRows: z.int().min(1),
  /** After how much silence a subscriber to change events gets an answer without events, in real time. */
  keepAliveMs: z.int().min(10).max(270_000),
});
export type Settings = z.infer<typeof settingsSchema>;

const freshOrg: Omit<Settings, 'dailyCalls' | 'storageFull'> = {
  duplicateRules: [],
  validationRules: [],
  sharedForEditing: [],
  withheldPermissions: [],
  withheldLicences: [],
  hidden: [],
  bulkMs: 0,
  bulkPageRows: 50_000,
  keepAliveMs: 60_000,
};

export function settingsOf(org: Org): Settings {
  return {
    ...freshOrg,
    dailyCalls: org.profile.dailyCalls,
    storageFull: org.profile.storageFull,
    ...(org.store.collection('salesforce:#settings').get('org') as Partial<Settings> | undefined),
  };
}

/** Changes the settings that are named and leaves the others. */
export function changeOrgSettings(
  org: Org,
  changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined },
): Settings {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  const settings: Settings = { ...settingsOf(org), ...Object.fromEntries(named) };
  org.store.put('salesforce:#settings', 'org', settings);
  org.forgetSchema();
  return settings;
}

/** True when a permission set with rights to standard objects cannot be assigned to the integration user. */
export const lacksLicence = (org: Org): boolean =>
  org.profile.integrationUser === 'minimum' && settingsOf(org).withheldLicences.length > 0;
