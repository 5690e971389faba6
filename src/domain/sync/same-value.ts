import type { CanonicalValue, FieldType } from '#src/domain/record.ts';

/**
 * How two values are compared: as a field of ours, or as the choices of a picklist, several of them joined by
 * `;`.
 */
export type ComparedAs = FieldType | 'picklist';

/**
 * Whether two values mean the same. A vendor pads, trims, rounds and reorders what it was given; none of that
 * is an edit. Blank is null whatever the type, decimals compare by value, instants to the second, the choices
 * of a picklist in any order.
 */
export function sameValue(a: CanonicalValue, b: CanonicalValue, type: ComparedAs = 'text'): boolean {
  return a === b || meaningOf(a, type) === meaningOf(b, type);
}

export function isBlank(value: CanonicalValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** Equal for values that mean the same. What is not of its type is compared as the text it is. */
function meaningOf(value: CanonicalValue, type: ComparedAs): CanonicalValue {
  if (typeof value === 'boolean') return value;
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

/** Without leading or trailing zeros, in digits: a float would take two large amounts for one. */
function plainDecimal(text: string): string {
  const [, sign, whole = '', fraction = ''] = decimalParts.exec(text) ?? [];
  if (sign === undefined) return text;
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/** No two vendors keep the same fraction of a second. */
function wholeSecond(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
