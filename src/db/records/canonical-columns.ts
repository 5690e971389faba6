import { fieldsOf, type CanonicalKind } from '#src/domain/record.ts';

/**
 * The column of a canonical field. A reference is stored as our id, an amount in minor units of the row's
 * currency.
 */
export function columnOf(kind: CanonicalKind, field: string): string {
  if (field === 'amount') return 'amount_minor';
  const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fieldsOf(kind)[field]?.type === 'reference' ? `${column}_id` : column;
}

/**
 * The columns of fields that a mapping does not fill. They have values of other mappings and must not be
 * changed.
 */
export function unfilledColumns(kind: CanonicalKind, filled: ReadonlySet<string>): ReadonlySet<string> {
  // An amount without a currency has the programme's.
  const isFilled = (field: string): boolean =>
    filled.has(field) || (field === 'currency' && filled.has('amount'));
  const unfilled = Object.keys(fieldsOf(kind)).filter((field) => !isFilled(field));
  return new Set(unfilled.map((field) => columnOf(kind, field)));
}
