/** A field of the form in words, for the difference between two programmes and for people who fill it. */
import { conditionWords } from '../conditions.ts';
import type { WrittenField } from './form-part.ts';

/** All settings of a field in one line. */
export function fieldWords(field: Omit<WrittenField, 'name'>): string {
  const { label, type, required, choices, longest, role } = field;
  const condition = requiredWhenWords(field);
  const values = choices?.map(({ code, en, de }) => `${code} (${en} / ${de})`).join(', ');
  return [
    ...(label === undefined ? [] : [`${label.en} / ${label.de}`]),
    ...(type === undefined ? [] : [type]),
    ...(role === undefined ? [] : [`code of the ${role}`]),
    ...(values === undefined ? [] : [`of ${values}`]),
    ...(longest === undefined ? [] : [`at most ${longest} characters`]),
    required ? 'required' : condition === null ? 'optional' : `required when ${condition}`,
  ].join(', ');
}

/** When a field is required beside always; null for no condition. */
export function requiredWhenWords({ requiredWhen }: Pick<WrittenField, 'requiredWhen'>): string | null {
  const { deal, field } = requiredWhen ?? {};
  const parts = [
    ...(deal === undefined ? [] : [conditionWords(deal)]),
    ...(field === undefined
      ? []
      : [field.is.length === 0 ? `${field.name} is given` : `${field.name} = ${field.is.join(', ')}`]),
  ];
  return parts.length === 0 ? null : parts.join(' or ');
}
