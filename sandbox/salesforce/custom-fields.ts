import { customFields, customValue, type CustomField, type CustomType } from '#sandbox/data-custom-fields.ts';
import type { Org } from './records/org.ts';
import type { FieldDef } from './records/schema.ts';

const forms: Readonly<Record<CustomType, Omit<FieldDef, 'name' | 'label'>>> = {
  picklist: { type: 'picklist', length: 255, restricted: true },
  multipicklist: { type: 'multipicklist', length: 4099, restricted: true },
  text: { type: 'string', length: 80 },
  longText: { type: 'textarea', length: 32_768 },
  number: { type: 'double', precision: 18, scale: 0 },
  currency: { type: 'currency', precision: 18, scale: 2 },
  percent: { type: 'percent', precision: 5, scale: 0 },
  date: { type: 'date' },
  datetime: { type: 'datetime' },
  checkbox: { type: 'boolean' },
  phone: { type: 'phone', length: 40 },
  email: { type: 'email', length: 80 },
  url: { type: 'url', length: 255 },
  reference: { type: 'reference', referenceTo: 'Account' },
};

/** The API name Setup would propose: `Budget_Status__c`. */
const apiName = ({ label }: CustomField, suffix: '__c' | '__r'): string =>
  `${label.replaceAll(' ', '_')}${suffix}`;

/**
 * Adds custom fields to opportunities, visible to every profile. Existing fields are not changed.
 */
export function addCustomOrgFields(org: Org, count: number): void {
  const known = new Set(
    org
      .schema()
      .object('Opportunity')
      ?.fields.map((field) => field.name),
  );
  for (const field of customFields(count)) {
    const name = apiName(field, '__c');
    if (known.has(name)) continue;
    org.putField('Opportunity', {
      name,
      label: field.label,
      ...forms[field.type],
      ...(field.values.length > 0 ? { values: field.values } : {}),
      ...(field.type === 'reference' ? { relationshipName: apiName(field, '__r') } : {}),
      custom: true,
      inProfiles: true,
    });
  }
}

/**
 * Fills them on part of the opportunities without changing stamps or publishing events.
 */
export function fillCustomOrgFields(org: Org, count: number): void {
  const object = org.schema().object('Opportunity');
  const fields = customFields(count);
  if (!object) return;
  for (const [ordinal, row] of [...org.rows('Opportunity').values()].entries()) {
    const values = fields.map((field) => {
      const value =
        field.type === 'reference'
          ? ordinal % 7 === 0
            ? row['AccountId']
            : null
          : customValue(field, ordinal);
      return [apiName(field, '__c'), field.type === 'checkbox' ? (value ?? false) : value] as const;
    });
    org.save(object, { ...row, ...Object.fromEntries(values) });
  }
}
