import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalid, type HubspotError } from '#sandbox/hubspot/errors.ts';
import { resolveType, shouted, type ObjectType } from './object-types.ts';
import { save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { propertyOf } from './properties.ts';
import { refuseByValidations } from './property-validations.ts';
import type { CrmRecord, Values } from '#sandbox/hubspot/records/records.ts';

/** An admin's rule: `required` must be filled, always or only while `when.property` has `when.value`. */
export const ruleSchema = z.strictObject({
  objectType: z.string(),
  required: z.string(),
  when: z.strictObject({ property: z.string(), value: z.string() }).nullable().default(null),
});
export type WriteRule = z.infer<typeof ruleSchema>;

export const rulesOf = (portal: Portal): readonly WriteRule[] =>
  table<{ rules: readonly WriteRule[] }>(portal, 'write-rules').get('current')?.rules ?? [];

/**
 * Replaces the account's rules. @throws HubspotError when one names an object or a property that is not there
 */
export function setRules(portal: Portal, rules: readonly WriteRule[]): void {
  for (const rule of rules) {
    const type = resolveType(portal, rule.objectType);
    for (const name of [rule.required, ...(rule.when ? [rule.when.property] : [])])
      propertyOf(portal, type, name);
  }
  save(portal, 'write-rules', 'current', { rules });
}

/**
 * Since version 2026-09 an admin's rules bind every writer, not only people. A rule is looked at when a
 * record is created and when an update names one of its properties: a record that broke it before can still
 * be changed elsewhere.
 * @param before undefined for a new record
 * @throws HubspotError when the record would break a rule, when a written value breaks its property's
 * validation rules, or a contact's e-mail was erased permanently
 */
export function checkWrite(
  portal: Portal,
  type: ObjectType,
  before: CrmRecord | undefined,
  values: Values,
): void {
  const email = values['email'];
  if (type.name === 'contact' && typeof email === 'string' && isBarred(portal, email)) throw barred();
  const after: Values = { ...before?.properties, ...values };
  const missing = rulesOf(portal)
    .filter((rule) => resolveType(portal, rule.objectType).objectTypeId === type.objectTypeId)
    .filter(
      ({ required, when }) => !before || required in values || (when !== null && when.property in values),
    )
    .filter(({ when }) => when === null || after[when.property] === when.value)
    .map((rule) => rule.required)
    .filter((name) => (after[name] ?? null) === null);
  if (missing.length > 0) throw conditionallyRequired(type, [...new Set(missing)]);
  refuseByValidations(portal, type, values);
}

function conditionallyRequired(type: ObjectType, missing: readonly string[]): HubspotError {
  const message = `Error writing ${shouted(type)}. Some conditionally required properties were not set: [${missing.join(', ')}]`;
  return invalid(message, {
    context: { properties: missing },
    errors: missing.map((name) => ({
      message: `Property "${name}" is required by a rule of this account`,
      code: 'CONDITIONALLY_REQUIRED_PROPERTY_MISSING',
      context: { propertyName: [name] },
    })),
  });
}

function barred(): HubspotError {
  const message = 'This email address belongs to a contact that was permanently deleted and cannot be used.';
  return invalid(message, {
    errors: [{ message, code: 'GDPR_DELETED_EMAIL', context: { propertyName: ['email'] } }],
  });
}

/** The address itself must not be kept. */
const fingerprint = (email: string): string =>
  createHash('sha256').update(email.trim().toLowerCase()).digest('hex');

export const barEmail = (portal: Portal, email: string): void =>
  save(portal, 'barred-email', fingerprint(email), { since: stamp(portal) });
const isBarred = (portal: Portal, email: string): boolean =>
  table(portal, 'barred-email').has(fingerprint(email));
