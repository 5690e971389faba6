import type { CrmField, CrmObject } from '#src/domain/crm-schema.ts';

const prefix = 'decision';

/** `reasonCode` becomes `decisionReasonCode`; `decision` stays. */
const fieldName = (name: string): string =>
  name === prefix ? prefix : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/**
 * HubSpot does not say who created a record of a custom object in a way that an app cannot write, but the history of a
 * property names the user. A decision is therefore made in properties of the registration.
 */
export function withDecisionProperties(schema: readonly CrmObject[]): readonly CrmObject[] {
  const fields = schema
    .filter(({ kind }) => kind === 'decision')
    .flatMap((object) => object.fields)
    .filter(({ type }) => type !== 'reference')
    .map((field): CrmField => ({ ...field, name: fieldName(field.name) }));
  return schema
    .filter(({ kind }) => kind !== 'decision')
    .map((object) =>
      object.kind === 'registration' ? { ...object, fields: [...object.fields, ...fields] } : object,
    );
}

/** The properties by which a decision is made. */
export const decisionProperties = {
  decision: 'decision',
  reasonCode: 'decision_reason_code',
  text: 'decision_text',
  seenVersion: 'decision_seen_version',
} as const;
