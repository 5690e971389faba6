/** The form of a registration in a programme: its fields, their labels, and when each is required. */
import { z } from 'zod';
import { condition } from '../conditions.ts';
import { nearestName, type Problem } from '../problems.ts';
import { boundedText, choice, wholeNumber } from '../values.ts';
import {
  alwaysRequired,
  dealRoles,
  fieldTypes,
  isStandardName,
  standardNames,
  usualLongest,
} from '#src/domain/registrations/form/form.ts';

const nameFix = 'Use letters and digits, starting with a small letter, such as "competitors".';
const fieldName = z.string(nameFix).regex(/^[a-z][A-Za-z0-9]{0,39}$/, nameFix);

const labels = z.strictObject({ en: boundedText('a label', 80), de: boundedText('a label', 80) });

const codeFix = 'Use a code of 1 to 60 letters, digits, spaces and . _ / + & -, such as "acme".';
const fieldChoice = z.strictObject({
  code: z.string(codeFix).regex(/^[\p{L}\p{N}](?:[\p{L}\p{N} ._/+&-]{0,58}[\p{L}\p{N}.+])?$/u, codeFix),
  en: boundedText('a label', 80),
  de: boundedText('a label', 80),
});

const formField = z.strictObject({
  name: fieldName,
  /** Fairway's fields have labels of their own until a programme writes others. */
  label: labels.optional(),
  /** Not for the fields that Fairway knows, such as `amount`. */
  type: choice(fieldTypes).optional(),
  required: z.boolean('Use true or false.').default(false),
  /** Required for these deals, or with another field; both are possible. */
  requiredWhen: z
    .strictObject({
      deal: condition.optional(),
      field: z
        .strictObject({
          name: fieldName,
          /** Without it, any value counts. */
          is: z.array(boundedText('a value', 80), 'Write a list.').default([]),
        })
        .optional(),
    })
    .refine(({ deal, field }) => deal !== undefined || field !== undefined, {
      message: 'Write the deals under "deal", or another field under "field".',
    })
    .optional(),
  /** For choice and choices; for a field that Fairway knows, the only values that it can have. */
  choices: z
    .array(fieldChoice, 'Write a list of choices.')
    .min(1, 'Add at least one choice.')
    .max(1000, 'Use at most 1000 choices.')
    .optional(),
  longest: wholeNumber(1, usualLongest, 'characters', 200).optional(),
  /** For the type partner: what that partner does in the deal. */
  role: choice(dealRoles).optional(),
});
export type WrittenField = z.output<typeof formField>;

export const formPart = z
  .strictObject({
    /** In the order in which people see them. */
    fields: z
      .array(formField, 'Write a list of fields.')
      .max(100, 'Use at most 100 fields.')
      .default(standardNames.map((name) => ({ name, required: alwaysRequired.includes(name) }))),
  })
  .superRefine(({ fields }, context) => {
    for (const { path, message } of formProblems(fields))
      context.addIssue({ code: 'custom', path: ['fields', ...path], message });
  });
export type FormPart = z.output<typeof formPart>;

function* formProblems(fields: readonly WrittenField[]): Generator<Problem> {
  const names = new Set<string>();
  const roles = new Set<string>();
  for (const name of alwaysRequired)
    if (!fields.some((field) => field.name === name && field.required))
      yield {
        path: [],
        message: `Add the field ${name} with required: true. The rules of engagement need it.`,
      };
  for (const [index, field] of fields.entries()) {
    if (names.has(field.name))
      yield { path: [index, 'name'], message: `There are two fields named ${field.name}. Rename one.` };
    names.add(field.name);
    if (field.role !== undefined && roles.has(field.role))
      yield { path: [index, 'role'], message: `There are two fields for the ${field.role}. Remove one.` };
    if (field.role !== undefined) roles.add(field.role);
    yield* isStandardName(field.name) ? knownFieldProblems(field, index) : addedFieldProblems(field, index);
    yield* choiceProblems(field, index);
    yield* requiredWhenProblems(field, index, fields);
  }
}

const withoutChoices: readonly string[] = [
  'customerName',
  'customerDomain',
  'amount',
  'expectedClose',
  'contactEmail',
];

function* knownFieldProblems({ name, type, role, choices }: WrittenField, index: number): Generator<Problem> {
  if (type !== undefined)
    yield { path: [index, 'type'], message: `Remove it. Fairway knows the type of ${name}.` };
  if (role !== undefined)
    yield { path: [index, 'role'], message: 'Remove it. Only the type partner has a role.' };
  if (choices !== undefined && withoutChoices.includes(name))
    yield { path: [index, 'choices'], message: `Remove it. The values of ${name} cannot be listed.` };
  if (name === 'dealType')
    for (const [at, { code }] of (choices ?? []).entries())
      if (code !== 'new' && code !== 'renewal')
        yield { path: [index, 'choices', at, 'code'], message: 'Use new or renewal.' };
}

function* addedFieldProblems(
  { label, type, role, choices }: WrittenField,
  index: number,
): Generator<Problem> {
  if (label === undefined)
    yield {
      path: [index, 'label'],
      message: 'It is missing. Write the label in both languages: {en: …, de: …}.',
    };
  if (type === undefined) {
    yield { path: [index, 'type'], message: `It is missing. Write one of ${fieldTypes.join(', ')}.` };
    return;
  }
  const isChoice = type === 'choice' || type === 'choices';
  if (isChoice && choices === undefined)
    yield { path: [index, 'choices'], message: `It is missing. The type ${type} needs a list of choices.` };
  if (!isChoice && choices !== undefined)
    yield { path: [index, 'choices'], message: `Remove it, or use the type choice instead of ${type}.` };
  if (role !== undefined && type !== 'partner')
    yield { path: [index, 'role'], message: 'Remove it. Only the type partner has a role.' };
}

function* choiceProblems({ choices = [] }: WrittenField, index: number): Generator<Problem> {
  const seen = new Set<string>();
  for (const [at, { code }] of choices.entries()) {
    if (seen.has(code.toLowerCase()))
      yield { path: [index, 'choices', at, 'code'], message: `The code ${code} is there twice. Remove one.` };
    seen.add(code.toLowerCase());
  }
}

function* requiredWhenProblems(
  { name, requiredWhen }: WrittenField,
  index: number,
  fields: readonly WrittenField[],
): Generator<Problem> {
  const other = requiredWhen?.field;
  if (other === undefined) return;
  const path = [index, 'requiredWhen', 'field'] as const;
  const found = fields.find((field) => field.name === other.name);
  if (found === undefined || other.name === name) {
    const similar = nearestName(
      other.name,
      fields.filter((field) => field.name !== name).map((field) => field.name),
    );
    const fix = similar === null ? 'Name another field of the form.' : `The nearest name is "${similar}".`;
    yield { path: [...path, 'name'], message: `There is no other field ${other.name}. ${fix}` };
    return;
  }
  const known =
    found.name === 'dealType' ? ['new', 'renewal'] : found.type === 'yesNo' ? ['yes', 'no'] : null;
  const codes = found.choices?.map(({ code }) => code) ?? known;
  if (codes === null) return;
  for (const [at, value] of other.is.entries())
    if (!codes.includes(value)) {
      const similar = nearestName(value, codes);
      const fix =
        similar === null ? `Use one of ${codes.slice(0, 20).join(', ')}.` : `The nearest is "${similar}".`;
      yield { path: [...path, 'is', at], message: `${other.name} is never ${value}. ${fix}` };
    }
}
