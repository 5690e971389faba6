import { extraPrefix, fieldsOf, type CanonicalKind } from './record.ts';

/**
 * The most characters of a value. Databases, indexes and the algorithms that compare names have limits, and a
 * value beyond them would stop all records that are stored with it. The limits are beyond what a person
 * writes into such a field.
 */
const limits = {
  /** Names are indexed, searched and compared. 500 characters are at most 2,000 bytes in an index. */
  name: 500,
  code: 255,
  /** Addresses, and lists such as other names and territories. */
  prose: 4_000,
  /** The longest text area of the CRMs. */
  custom: 131_072,
  /** Digits, sign and decimal point. */
  decimal: 60,
} as const;

const names: ReadonlySet<string> = new Set(['name', 'firstName', 'lastName', 'title', 'customerName']);
const proseFields: ReadonlySet<string> = new Set([
  'street',
  'city',
  'region',
  'aliases',
  'territory',
  'domain',
  'customerDomain',
]);

/** The most characters that a value of this field may have. */
export function longestValue(kind: CanonicalKind, field: string, type?: string): number {
  if ((type ?? fieldsOf(kind)[field]?.type) === 'decimal') return limits.decimal;
  if (field.startsWith(extraPrefix)) return limits.custom;
  if (names.has(field)) return limits.name;
  return proseFields.has(field) ? limits.prose : limits.code;
}

/**
 * The last day of a date. CRMs have similar limits. Windows and deadlines are calculated from dates, and
 * a year with five digits can neither be stored nor compared.
 */
export const latestDay = '4000-12-31';

/** The most characters of a vendor's id of a record, and of what we report as its id. */
export const longestId = limits.code;
