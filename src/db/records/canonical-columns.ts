import { fieldsOf, type CanonicalKind } from '#src/domain/record.ts';

/**
 * The column that holds a canonical field. A reference is held as our id, an amount in minor units of the
 * row's currency.
 */
export function columnOf(kind: CanonicalKind, field: string): string {
  if (field === 'amount') return 'amount_minor';
  const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fieldsOf(kind)[field]?.type === 'reference' ? `${column}_id` : column;
}

/** Columns that hold fields which a mapping does not fill: what stands in them is another's, and stays. */
export function unfilledColumns(kind: CanonicalKind, filled: ReadonlySet<string>): ReadonlySet<string> {
  // An amount without a currency of its own is in the programme's.
  const isFilled = (field: string): boolean =>
    filled.has(field) || (field === 'currency' && filled.has('amount'));
  const unfilled = Object.keys(fieldsOf(kind)).filter((field) => !isFilled(field));
  return new Set(unfilled.map((field) => columnOf(kind, field)));
}
