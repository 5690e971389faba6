/** The form as a JSON Schema, for systems that send registrations. */
import type { FormField, LocalText, RegistrationForm } from './form.ts';

type Language = keyof LocalText;

/** JSON Schema 2020-12 of the values of a submission. */
export function formJsonSchema(form: RegistrationForm, language: Language): Record<string, unknown> {
  const conditions = form.flatMap(({ name, requiredWith }) => {
    if (requiredWith === undefined) return [];
    const { field, values } = requiredWith;
    const other = form.find((one) => one.name === field);
    const given = values.length === 0 ? {} : { properties: { [field]: valueIn(other, values) } };
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    return [{ if: { required: [field], ...given }, then: { required: [name] } }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: form.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(form.map((field) => [field.name, propertyOf(field, language)])),
    ...(conditions.length === 0 ? {} : { allOf: conditions }),
  };
}

function valueIn(field: FormField | undefined, values: readonly string[]): object {
  return field !== undefined && isList(field) ? { contains: { enum: values } } : { enum: values };
}

function isList({ type }: FormField): boolean {
  return type === 'choices' || type === 'productLines';
}

function propertyOf(field: FormField, language: Language): object {
  const title = field.label[language];
  const value = valueSchema(field, language);
  return isList(field) ? { title, type: 'array', items: value, uniqueItems: true } : { title, ...value };
}

function valueSchema({ name, type, choices, longest }: FormField, language: Language): object {
  if (choices !== undefined)
    return { type: 'string', oneOf: choices.map((one) => ({ const: one.code, title: one[language] })) };
  const text = { type: 'string', maxLength: longest };
  switch (type === 'standard' ? name : type) {
    case 'dealType':
      return { type: 'string', enum: ['new', 'renewal'] };
    case 'yesNo':
      return { type: 'string', enum: ['yes', 'no'] };
    case 'amount':
      return { ...text, pattern: '^[0-9]+([.][0-9]+)?$' };
    case 'currency':
      return { ...text, pattern: '^[A-Z]{3}$' };
    case 'number':
      return { ...text, pattern: '^-?[0-9]{1,15}([.][0-9]{1,6})?$' };
    case 'expectedClose':
    case 'date':
      return { ...text, format: 'date' };
    case 'email':
      return { ...text, format: 'email' };
    default:
      return text;
  }
}
