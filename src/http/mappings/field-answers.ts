import type { ObjectDescription } from '#connectors/contract/records.ts';
import { catalogue } from '#mappings/engine/transform.ts';
import { combinationSpecs, combinationHelp } from '#mappings/engine/transforms/combination.ts';
import { z } from 'zod';
import type { MappedObject } from '#src/db/mappings/mapping-view.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { type CanonicalKind, type ExtraField, extraPrefix, fieldsOf } from '#src/domain/record.ts';
import { remoteValueText } from '#src/http/remote-value-text.ts';

/** The vendor's fields, sorted by label. */
export function remoteFieldAnswers({ fields }: ObjectDescription, example: MappedObject['example']) {
  return fields
    .map(({ name, label, type, length, values, referenceTo, required, createable, updateable }) => ({
      name,
      label,
      type,
      required,
      createable,
      updateable,
      length: length ?? null,
      values: values ? [...values] : null,
      referenceTo: referenceTo ? [...referenceTo] : null,
      sample: remoteValueText(example[name]),
    }))
    .toSorted((a, b) => a.label.localeCompare(b.label) || a.name.localeCompare(b.name));
}

/** Fairway's fields of a kind, custom ones last. */
export function ourFieldAnswers(kind: CanonicalKind, extra: readonly ExtraField[]) {
  const declared = new Map(extra.map((field) => [`${extraPrefix}${field.name}`, field]));
  return Object.entries(fieldsOf(kind, extra)).map(([name, field]) => ({
    name,
    label: declared.get(name)?.label ?? labelOf(kind, name),
    type: field.type,
    required: field.required ?? false,
    owner: field.owner,
    to: field.to ?? null,
    extra: declared.has(name),
    values: valuesOf(kind, name, declared.get(name)),
  }));
}

const schemaField = (kind: CanonicalKind, name: string) =>
  crmSchema.find((object) => object.kind === kind)?.fields.find((field) => field.name === name);

/** The label that Fairway gives the field in the CRM; otherwise `trailingRevenue` becomes “Trailing revenue”. */
function labelOf(kind: CanonicalKind, name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return schemaField(kind, name)?.label ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function valuesOf(kind: CanonicalKind, name: string, declared: ExtraField | undefined): string[] | null {
  const values = declared?.values ?? schemaField(kind, name)?.values;
  return values ? [...values] : null;
}

/** The transforms with the JSON Schema of their options. They are the same for the whole process. */
export const transformAnswers = [
  ...Object.entries(catalogue).map(([name, { label, help, options }]) => ({
    name,
    label,
    help,
    options: schemaOf(options),
  })),
  ...Object.entries(combinationSpecs).map(([name, options]) => ({
    name,
    ...combinationHelp[name as keyof typeof combinationSpecs],
    options: schemaOf(options),
  })),
];

function schemaOf(options: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  return schema;
}
