import { customFields, customValue, type CustomField, type CustomType } from '#sandbox/data-custom-fields.ts';
import { resolveType } from './object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import {
  createGroup,
  createProperty,
  groupsOf,
  propertiesOf,
  type PropertyDefinition,
} from './properties.ts';
import { recordsOf, saveRecord } from '#sandbox/hubspot/records/records.ts';

const group = { name: 'projects', label: 'Projects' } as const;

/** HubSpot has no property that refers to a record: the name is typed in. */
const forms: Readonly<Record<CustomType, Pick<PropertyDefinition, 'type' | 'fieldType'>>> = {
  picklist: { type: 'enumeration', fieldType: 'select' },
  multipicklist: { type: 'enumeration', fieldType: 'checkbox' },
  text: { type: 'string', fieldType: 'text' },
  longText: { type: 'string', fieldType: 'textarea' },
  number: { type: 'number', fieldType: 'number' },
  currency: { type: 'number', fieldType: 'number' },
  percent: { type: 'number', fieldType: 'number' },
  date: { type: 'date', fieldType: 'date' },
  datetime: { type: 'datetime', fieldType: 'date' },
  checkbox: { type: 'bool', fieldType: 'booleancheckbox' },
  phone: { type: 'string', fieldType: 'phonenumber' },
  email: { type: 'string', fieldType: 'text' },
  url: { type: 'string', fieldType: 'text' },
  reference: { type: 'string', fieldType: 'text' },
};

/** The name HubSpot would propose: `budget_status`. */
const nameOf = ({ label }: CustomField): string => label.toLowerCase().replaceAll(' ', '_');

/** Gives deals the account's own properties. Those that are there stay as they are. */
export function addCustomProperties(portal: Portal, count: number): void {
  const type = resolveType(portal, 'deals');
  if (!groupsOf(portal, type).has(group.name)) createGroup(portal, type, group);
  for (const field of customFields(count)) {
    if (propertiesOf(portal, type).has(nameOf(field))) continue;
    createProperty(portal, type, {
      name: nameOf(field),
      label: field.label,
      description: '',
      groupName: group.name,
      ...forms[field.type],
      options: field.values.map((value) => ({ value, label: value })),
      hasUniqueValue: false,
    });
  }
}

/** Fills them on part of the deals without changing stamps or publishing changes. */
export function fillCustomProperties(portal: Portal, count: number): void {
  const type = resolveType(portal, 'deals');
  const fields = customFields(count);
  for (const [ordinal, record] of [...recordsOf(portal, type).values()].entries()) {
    const values = fields.flatMap((field) => {
      const value =
        field.type === 'reference' && ordinal % 7 === 0 ? `Company ${ordinal}` : customValue(field, ordinal);
      return value === null ? [] : [[nameOf(field), String(value)] as const];
    });
    saveRecord(
      portal,
      type,
      { ...record, properties: { ...record.properties, ...Object.fromEntries(values) } },
      record,
    );
  }
}
