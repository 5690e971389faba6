import { z } from 'zod';
import { invalid, notFound } from '#sandbox/hubspot/errors.ts';
import type { ObjectType } from './object-types.ts';
import { resolveType } from './object-types.ts';
import { save, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { propertyOf } from './properties.ts';

type Accepts = (value: string, argument: string) => boolean;

const dayOf = (value: string): string =>
  new Date(/^\d+$/.test(value) ? Number(value) : value).toISOString().slice(0, 10);
const characters: Readonly<Record<string, RegExp>> = {
  ALPHANUMERIC: /^[\p{L}\p{N}]*$/u,
  ALPHA_ONLY: /^\p{L}*$/u,
  NUMERIC_ONLY: /^\p{N}*$/u,
};

/** The types of rules that are enforced here, of the 27 that HubSpot has. */
const accepts = {
  MIN_LENGTH: (value, least) => value.length >= Number(least),
  MAX_LENGTH: (value, most) => value.length <= Number(most),
  MIN_NUMBER: (value, least) => Number(value) >= Number(least),
  MAX_NUMBER: (value, most) => Number(value) <= Number(most),
  START_DATE: (value, first) => value >= dayOf(first),
  END_DATE: (value, last) => value <= dayOf(last),
  ALPHANUMERIC: (value, allowed) => (characters[allowed] ?? /^/).test(value),
  REGEX: (value, pattern) => new RegExp(`^(?:${pattern})$`, 'u').test(value),
} as const satisfies Readonly<Record<string, Accepts>>;

export const validationSchema = z.strictObject({
  objectType: z.string(),
  property: z.string(),
  ruleType: z.enum(Object.keys(accepts) as [keyof typeof accepts, ...(keyof typeof accepts)[]]),
  ruleArguments: z.array(z.string()).min(1),
});
export type PropertyValidation = z.infer<typeof validationSchema>;

export const validationsOf = (portal: Portal): readonly PropertyValidation[] =>
  table<{ validations: readonly PropertyValidation[] }>(portal, 'property-validations').get('current')
    ?.validations ?? [];

/**
 * Replaces the account's validation rules. @throws HubspotError when one names an object or a property that
 * is not there
 */
export function setValidations(portal: Portal, validations: readonly PropertyValidation[]): void {
  for (const { objectType, property } of validations)
    propertyOf(portal, resolveType(portal, objectType), property);
  save(portal, 'property-validations', 'current', { validations });
}

/** The rules of one object, by property. */
export function rulesByProperty(
  portal: Portal,
  type: ObjectType,
): ReadonlyMap<string, readonly PropertyValidation[]> {
  const ofType = validationsOf(portal).filter(
    (one) => resolveType(portal, one.objectType).objectTypeId === type.objectTypeId,
  );
  return Map.groupBy(ofType, (one) => one.property);
}

export const renderRule = ({ ruleType, ruleArguments }: PropertyValidation): object => ({
  ruleType,
  ruleArguments,
  shouldApplyNormalization: false,
});

/** @throws HubspotError 404 when the property has no rule of that type */
export function ruleOf(
  portal: Portal,
  type: ObjectType,
  property: string,
  ruleType: string,
): PropertyValidation {
  const found = rulesByProperty(portal, type)
    .get(property)
    ?.find((one) => one.ruleType === ruleType);
  if (!found) throw notFound(`Property "${property}" has no validation rule of type ${ruleType}`);
  return found;
}

/**
 * Looks only at the values that are written. @throws HubspotError naming the properties whose rules they
 * break
 */
export function refuseByValidations(
  portal: Portal,
  type: ObjectType,
  values: Readonly<Record<string, string | null>>,
): void {
  const broken = [...rulesByProperty(portal, type).values()]
    .flat()
    .filter(({ property, ruleType, ruleArguments }) => {
      const value = values[property] ?? null;
      return value !== null && !accepts[ruleType](value, ruleArguments[0] ?? '');
    });
  if (broken.length === 0) return;
  const problems = broken.map(({ property, ruleType, ruleArguments }) => ({
    isValid: false,
    message: `Property "${property}" does not satisfy its validation rule ${ruleType} (${ruleArguments.join(', ')})`,
    error: 'FAILED_VALIDATION',
    name: property,
    portalId: portal.portalId,
  }));
  throw invalid(`Property values were not valid: ${JSON.stringify(problems)}`, {
    errors: problems.map(({ message, error, name }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    })),
  });
}
