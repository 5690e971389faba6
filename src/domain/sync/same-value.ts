import type { CanonicalValue, FieldType } from '#src/domain/record.ts';

/** The type for comparing two values: a canonical field type, or the choices of a picklist, joined by `;`. */
export type ComparedAs = FieldType | 'picklist';

/**
 * True if two values mean the same. Vendors pad, trim, round and reorder values; none of that is an edit. For
 * every type a blank equals null. Decimals are compared by value, instants to the second, and the choices of
 * a picklist in any order.
 */
export function sameValue(a: CanonicalValue, b: CanonicalValue, type: ComparedAs = 'text'): boolean {
  return a === b || normalised(a, type) === normalised(b, type);
}

export function isBlank(value: CanonicalValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** Normalises a value. A text that is not valid for its type is compared as text. */
function normalised(value: CanonicalValue, type: ComparedAs): CanonicalValue {
  if (typeof value === 'boolean') return value;
  // A checkbox has no blank.
  if (type === 'boolean' && isBlank(value)) return false;
  if (value === null || isBlank(value)) return null;
  const text = value.trim();
  switch (type) {
    case 'decimal':
      return plainDecimal(text);
    case 'instant':
      return wholeSecond(text);
    case 'picklist':
      return [...new Set(text.split(';').map((choice) => choice.trim()))]
        .filter((choice) => choice !== '')
        .toSorted()
        .join(';');
    case 'text':
    case 'boolean':
    case 'date':
    case 'reference':
      return text;
  }
}

const decimalParts = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/;

/** Removes leading and trailing zeros from the digits. A float would make different large amounts equal. */
function plainDecimal(text: string): string {
  const [, sign, whole = '', fraction = ''] = decimalParts.exec(text) ?? [];
  if (sign === undefined) return text;
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/** Vendors store different fractions of a second. */
function wholeSecond(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
