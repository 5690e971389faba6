/** The form of a programme as one registration sees it: conditions about the deal are answered. */
import { canonicalJson } from '#src/domain/content-hash.ts';
import {
  isStandardName,
  standardLabels,
  usualForm,
  usualLongest,
  type FormField,
  type RegistrationForm,
} from '#src/domain/registrations/form/form.ts';
import { holdsFor, type DealFacts } from '../conditions.ts';
import type { ProgramDocument } from '../document.ts';
import type { WrittenField } from './form-part.ts';

type Source = Pick<ProgramDocument, 'form' | 'engagement' | 'regions'>;

const usualJson = canonicalJson(usualForm);

/** Null for the form that a programme has until it writes one. */
export function writtenForm(document: Source, deal: DealFacts): RegistrationForm | null {
  const form = resolvedForm(document, deal);
  return canonicalJson(form) === usualJson ? null : form;
}

export function resolvedForm(document: Source, deal: DealFacts): RegistrationForm {
  return document.form.fields.map((field) => resolvedField(document, field, deal));
}

function resolvedField(document: Source, field: WrittenField, deal: DealFacts): FormField {
  const { name, label, type, required, requiredWhen, choices, longest = usualLongest, role } = field;
  const { engagement, regions } = document;
  const when = requiredWhen?.deal;
  const terms = { engagement, regions, whenAmountUnknown: false };
  const other = requiredWhen?.field;
  const offered =
    type === 'productLines'
      ? engagement.productFamilies.map((code) => ({ code, en: code, de: code }))
      : choices;
  return {
    name,
    type: type ?? 'standard',
    label: label ?? (isStandardName(name) ? standardLabels[name] : { en: name, de: name }),
    required: required || (when !== undefined && holdsFor(when, deal, terms)),
    ...(other === undefined ? {} : { requiredWith: { field: other.name, values: other.is } }),
    ...(offered === undefined ? {} : { choices: offered }),
    longest,
    ...(role === undefined ? {} : { role }),
  };
}
