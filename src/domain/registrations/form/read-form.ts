/** Reads the values of a submission with the form of the programme. Nothing is generated: the form is data. */
import { z } from 'zod';
import { countryCode } from '#src/domain/country.ts';
import { isBusinessDate } from '#src/domain/period.ts';
import { nearestName } from '#src/domain/program/document/problems.ts';
import { fieldOf, type FormField, type RegistrationForm } from './form.ts';
import { invalidTerms } from './invalid-terms.ts';

type Terms = Readonly<Record<string, string>>;

/** One thing to correct: the field, what is wrong and what to write. */
export interface FormProblem {
  readonly field: string;
  readonly kind: 'missing' | 'invalid' | 'unknown';
  readonly message: string;
}

export interface FormReading {
  /** The values as they are stored. Empty values are left out, except those of standard terms. */
  readonly terms: Terms;
  /** All problems, in the order of the form. */
  readonly problems: readonly FormProblem[];
}

export interface FormFacts {
  /** The partner codes that exist, of those that the values name. */
  readonly partnerCodes: ReadonlySet<string>;
}

const separator = ';';

export function readForm(form: RegistrationForm, given: Terms, facts: FormFacts): FormReading {
  const terms: Record<string, string> = {};
  const problems = new Map<string, FormProblem>();
  const report = (field: string, kind: FormProblem['kind'], message: string): void => {
    problems.set(field, { field, kind, message });
  };
  for (const [name, value] of Object.entries(given)) {
    const field = fieldOf(form, name);
    if (field === undefined) {
      if (value.trim() !== '') report(name, 'unknown', unknownField(form, name));
      continue;
    }
    const read = value.trim() === '' ? { value } : readValue(field, value, facts);
    if ('fault' in read) report(name, 'invalid', read.fault);
    else if (field.type === 'standard' || read.value.trim() !== '') terms[name] = read.value;
  }
  for (const name of invalidTerms(terms))
    if (!problems.has(name)) report(name, 'invalid', standardFault(name, terms));
  for (const field of form)
    if (isRequired(field, terms) && (given[field.name] ?? '').trim() === '')
      report(field.name, 'missing', missingValue(field));
  const order = (name: string): number => {
    const at = form.findIndex((field) => field.name === name);
    return at < 0 ? form.length : at;
  };
  return { terms, problems: [...problems.values()].toSorted((a, b) => order(a.field) - order(b.field)) };
}

/** The fields that must be filled and are not, in the order of the form. */
export function missingInForm(form: RegistrationForm, terms: Terms): readonly FormField[] {
  return form.filter((field) => isRequired(field, terms) && (terms[field.name] ?? '').trim() === '');
}

/** The values that a field with partner codes has. */
export function partnerCodesIn(form: RegistrationForm, terms: Terms): readonly string[] {
  return form.filter(({ type }) => type === 'partner').flatMap(({ name }) => terms[name]?.trim() || []);
}

function isRequired({ required, requiredWith }: FormField, terms: Terms): boolean {
  if (required || requiredWith === undefined) return required;
  const values = listed(terms[requiredWith.field] ?? '');
  return requiredWith.values.length === 0
    ? values.length > 0
    : values.some((value) => requiredWith.values.includes(value));
}

type Read = { readonly value: string } | { readonly fault: string };

function readValue(field: FormField, written: string, { partnerCodes }: FormFacts): Read {
  const value = written.trim();
  const fault = (text: string): Read => ({ fault: text });
  if (!written.isWellFormed() || written.includes('\0'))
    return fault('It has a character that is no text. Remove it.');
  if (written.length > field.longest) return fault(`Use at most ${field.longest} characters.`);
  switch (field.type) {
    case 'standard':
      return field.choices === undefined ? { value: written } : oneOf(field, value);
    case 'text':
      return { value };
    case 'email':
      return z.email().safeParse(value).success
        ? { value }
        : fault(`${shown(value)} is not an e-mail address. Write one such as name@example.com.`);
    case 'country': {
      const code = countryCode(value);
      return code === null
        ? fault(`${shown(value)} is not a country. Write its name, or two letters such as DE.`)
        : { value: code };
    }
    case 'date':
      return isBusinessDate(value)
        ? { value }
        : fault(`${shown(value)} is not a date. Write it such as 2026-12-31.`);
    case 'number':
      return /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value)
        ? { value }
        : fault(`${shown(value)} is not a number. Write digits, and a point before decimals: 1200.5.`);
    case 'yesNo':
      return yesOrNo(value);
    case 'choice':
      return oneOf(field, value);
    case 'choices':
    case 'productLines':
      return someOf(field, value);
    case 'partner':
      return partnerCodes.has(value)
        ? { value }
        : fault(
            `There is no partner with the code ${shown(value)}. Write the partner code of the ${field.role ?? 'partner'}.`,
          );
  }
}

function yesOrNo(value: string): Read {
  const text = value.toLowerCase();
  if (['yes', 'true', 'ja'].includes(text)) return { value: 'yes' };
  if (['no', 'false', 'nein'].includes(text)) return { value: 'no' };
  return { fault: `${shown(value)} does not fit. Write yes or no.` };
}

function oneOf({ choices = [] }: FormField, value: string): Read {
  const code = codeOf(choices, value);
  if (code !== null) return { value: code };
  const similar = nearestName(
    value,
    choices.flatMap(({ code: id, en, de }) => [id, en, de]),
  );
  const codes = choices.map((choice) => choice.code);
  const fix =
    similar !== null
      ? `The nearest is "${codeOf(choices, similar) ?? similar}".`
      : codes.length <= 20
        ? `Write one of ${codes.join(', ')}.`
        : 'Choose one from the list of the form.';
  return { fault: `${shown(value)} is not among the choices. ${fix}` };
}

/** The codes in the order of the form, each once. */
function someOf(field: FormField, value: string): Read {
  const read = listed(value).map((one) => oneOf(field, one));
  const faults = read.flatMap((one) => ('fault' in one ? [one.fault] : []));
  if (faults.length > 0) return { fault: faults.slice(0, 10).join(' ') };
  const codes = new Set(read.flatMap((one) => ('value' in one ? [one.value] : [])));
  const ordered = (field.choices ?? []).map(({ code }) => code).filter((code) => codes.has(code));
  return { value: ordered.join(`${separator} `) };
}

function codeOf(choices: NonNullable<FormField['choices']>, value: string): string | null {
  const wanted = value.trim().toLowerCase();
  const exact = choices.find(({ code }) => code === value.trim());
  const found =
    exact ?? choices.find((one) => [one.code, one.en, one.de].some((text) => text.toLowerCase() === wanted));
  return found?.code ?? null;
}

function listed(value: string): readonly string[] {
  return value
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function missingValue({ label, choices, type }: FormField): string {
  const few = choices !== undefined && choices.length <= 20 ? choices.map(({ code }) => code) : [];
  if (few.length > 0)
    return `${label.en} is required. Write ${type === 'choices' || type === 'productLines' ? 'some' : 'one'} of ${few.join(', ')}.`;
  return `${label.en} is required. Enter it.`;
}

function unknownField(form: RegistrationForm, name: string): string {
  const names = form.map((field) => field.name);
  const similar = nearestName(name, names);
  return similar === null
    ? `There is no such field. Remove it. The fields are ${names.slice(0, 40).join(', ')}.`
    : `There is no such field. The nearest name is "${similar}".`;
}

function standardFault(name: string, terms: Terms): string {
  const value = shown(terms[name] ?? '');
  switch (name) {
    case 'amount':
      return `${value} is not an amount. Write a plain decimal such as 50000.00, with the decimals of the currency.`;
    case 'currency':
      return `${value} is not a currency. Write an ISO 4217 code such as EUR.`;
    case 'expectedClose':
      return `${value} is not a date. Write it such as 2026-12-31.`;
    default:
      return `${value} does not fit. Write new or renewal.`;
  }
}

function shown(value: string): string {
  return JSON.stringify(value.length <= 60 ? value : `${value.slice(0, 59)}…`);
}
