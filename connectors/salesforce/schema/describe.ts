import { z } from 'zod';
import type { ObjectDescription, RemoteField } from '#connectors/contract/records.ts';

const fieldShape = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  scale: z.number().optional(),
  nillable: z.boolean(),
  defaultedOnCreate: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  unique: z.boolean().optional(),
  referenceTo: z.array(z.string()),
  picklistValues: z.array(z.object({ active: z.boolean(), value: z.string() })),
});
const objectShape = z.object({ name: z.string(), label: z.string(), fields: z.array(fieldShape) });

/** Types without a single value (their parts are fields as well) or with a value that we cannot store. */
const unsupported = new Set(['address', 'location', 'base64', 'complexvalue']);

const types: Readonly<Record<string, RemoteField['type']>> = {
  boolean: 'boolean',
  currency: 'number',
  double: 'number',
  int: 'number',
  long: 'number',
  percent: 'number',
  date: 'date',
  datetime: 'datetime',
  picklist: 'picklist',
  multipicklist: 'picklist',
  reference: 'reference',
};

/** Converts Salesforce's description of an object. */
export function toDescription(body: unknown): ObjectDescription {
  const { name, label, fields } = objectShape.parse(body);
  return { object: name, label, fields: fields.filter((field) => !unsupported.has(field.type)).map(toField) };
}

function toField(field: z.infer<typeof fieldShape>): RemoteField {
  const type = types[field.type] ?? 'text';
  return {
    name: field.name,
    label: field.label,
    type,
    ...(type === 'text' && field.length > 0 ? { length: field.length } : {}),
    ...(type === 'number' && field.scale !== undefined ? { scale: field.scale } : {}),
    ...(type === 'picklist'
      ? { values: field.picklistValues.filter((value) => value.active).map((value) => value.value) }
      : {}),
    ...(field.type === 'multipicklist' ? { multiple: true as const } : {}),
    ...(type === 'reference' ? { referenceTo: field.referenceTo } : {}),
    required: field.createable && !field.nillable && !field.defaultedOnCreate,
    createable: field.createable,
    updateable: field.updateable,
    ...(field.unique ? { unique: true } : {}),
  };
}
