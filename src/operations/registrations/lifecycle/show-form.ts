import type { Deps } from '#src/deps.ts';
import { requiredWhenWords } from '#src/domain/program/document/form/field-words.ts';
import { resolvedForm } from '#src/domain/program/document/form/resolve-form.ts';
import { unknownDeal } from '#src/domain/program/document/lifecycle-programme.ts';
import { formJsonSchema } from '#src/domain/registrations/form/form-json-schema.ts';
import type { FormField, LocalText } from '#src/domain/registrations/form/form.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

type Language = keyof LocalText;

/** The form of the programme in force, for people and as a JSON Schema for other systems. */
export async function showForm(deps: Deps, language: Language) {
  const { document, version } = await currentProgram(deps);
  const form = resolvedForm(document, unknownDeal);
  const conditions = new Map(document.form.fields.map((field) => [field.name, requiredWhenWords(field)]));
  return {
    version,
    language,
    fields: form.map((field) => fieldShown(field, language, conditions.get(field.name) ?? null)),
    schema: formJsonSchema(form, language),
  };
}

function fieldShown(
  { name, label, type, required, choices, longest, role }: FormField,
  language: Language,
  requiredWhen: string | null,
) {
  return {
    name,
    label: label[language],
    type,
    required,
    requiredWhen,
    choices: choices?.map((choice) => ({ code: choice.code, label: choice[language] })) ?? null,
    longest,
    role: role ?? null,
  };
}
