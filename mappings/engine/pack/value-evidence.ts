import { currencyExponent } from '#src/domain/money.ts';
import { registryIds } from '#src/domain/matching/fields/registry-id.ts';

/**
 * What sample values say about a suggestion: whether they have the form of our field, and whether they tell
 * records apart as an identifier must. A name alone proves little: “Record ID” shares a word with “VAT id”.
 */
export interface ValueEvidence {
  readonly good: number;
  readonly of: number;
}

/** Fields whose values name one company or record, so that no two records share one. */
const identifiers: ReadonlySet<string> = new Set(['vatId', 'duns', 'lei', 'partnerCode', 'number', 'code']);
export const isIdentifier = (local: string): boolean => identifiers.has(local);

const digitsIn = (text: string): number => text.replace(/\D/g, '').length;
const isCode = (text: string): boolean => text.length <= 40 && /\d/.test(text) && !/\s\S+\s/.test(text);

/** The form of the values of our fields. Fields whose form the transform already checks are absent. */
const forms: Readonly<Record<string, (text: string) => boolean>> = {
  vatId: (text) => registryIds({ vat: text }, null).vat !== undefined || /^\d[\d ./-]{6,16}\d$/.test(text),
  duns: (text) => registryIds({ duns: text }, null).duns !== undefined,
  lei: (text) => registryIds({ lei: text }, null).lei !== undefined,
  partnerCode: isCode,
  number: isCode,
  code: isCode,
  phone: (text) => /^[+\d\s()./-]{6,}(\s*(x|ext)\.?\s*\d+)?$/i.test(text) && digitsIn(text) >= 6,
  postcode: (text) => text.length <= 10 && /\d/.test(text),
  city: isWords,
  region: isWords,
  firstName: isWords,
  lastName: isWords,
  currency: (text) => /^[a-z]{3}$/i.test(text) && isCurrency(text.toUpperCase()),
  dealType: (text) => /^(new|renewal)/i.test(text),
  domain: (text) => text.includes('.') && !text.includes('@'),
};

function isWords(text: string): boolean {
  return text.length <= 60 && digitsIn(text) * 3 <= text.length;
}

function isCurrency(code: string): boolean {
  try {
    currencyExponent(code);
    return true;
  } catch {
    return false;
  }
}

/** Ids of records: of 15 or 18 letters and digits that begin with a key prefix, and UUIDs. */
const recordId =
  /^(?:[a-zA-Z0-9]{3}[a-zA-Z0-9]{2}0[a-zA-Z0-9]{9}(?:[A-Z0-5]{3})?|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** Most of this many values must agree before they count. */
const mostOf = (part: number, all: number): boolean => part * 5 >= all * 4;

/** True when the values are ids of records, which mean nothing outside their system. */
export function areRecordIds(values: readonly unknown[]): boolean {
  const ids = values.filter((value) => typeof value === 'string' && recordId.test(value) && /\d/.test(value));
  return values.length > 0 && mostOf(ids.length, values.length);
}

/**
 * Compares sample values with our field. Null when they speak against it: too few have its form, or an identifier
 * repeats.
 *
 * @param reads true when the transform of the line can read a value
 */
export function valueEvidence(
  local: string,
  values: readonly unknown[],
  reads: (value: unknown) => boolean,
): ValueEvidence | null {
  const hasForm = forms[local] ?? (() => true);
  const good = values.filter(
    (value) => reads(value) && (typeof value !== 'string' || hasForm(value.trim())),
  ).length;
  if (!mostOf(good, values.length)) return null;
  if (isIdentifier(local) && !mostOf(new Set(values).size, values.length)) return null;
  return { good, of: values.length };
}
