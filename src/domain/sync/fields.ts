/**
 * What must be written so that a remote record says what we want it to. Vendors hand values back in other clothes (a
 * number for a decimal string, `\r\n` for `\n`, an offset for `Z`), and writing those again would be seen as a change by
 * them, and then by us, for ever.
 */
import { canonicalJson } from './hash.ts';

/** The fields of `desired` whose value `current` does not already hold. Fields that only `current` has are left alone. */
export function changedFields<Value>(
  desired: Readonly<Record<string, Value>>,
  current: Readonly<Record<string, unknown>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(desired).filter(([name, value]) => !sameValue(value, current[name])));
}

/**
 * Whether two JSON values mean the same: nothing is null, '' or absent; decimals by value; a date and an instant by day;
 * instants by millisecond; booleans also as words; text without trailing white space and with either line end.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  const a = plain(left);
  const b = plain(right);
  if (a === b) return true;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  return sameMoment(a, b) || sameDecimal(a, b);
}

/** A scalar as text, so that 100 and "100", true and "true" meet; anything nested as canonical JSON; null for nothing. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return canonicalJson(value);
  const text = String(value).replaceAll('\r\n', '\n').trimEnd();
  return text === '' ? null : text;
}

function sameDecimal(left: string, right: string): boolean {
  const a = canonicalDecimal(left);
  return a !== null && a === canonicalDecimal(right);
}

/** Leading zeros make it a code, not a number: postcode 01067 is not 1067. */
function canonicalDecimal(text: string): string | null {
  const [, sign, whole, fraction = ''] = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const decimals = fraction.replace(/0+$/, '');
  const magnitude = decimals === '' ? whole : `${whole}.${decimals}`;
  return magnitude === '0' ? '0' : `${sign}${magnitude}`;
}

function sameMoment(left: string, right: string): boolean {
  const a = instantMs(left);
  const b = instantMs(right);
  if (a === null || b === null) return false;
  return isDay(left) || isDay(right) ? utcDay(a) === utcDay(b) : a === b;
}

function instantMs(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/.test(text)) return null;
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? null : ms;
}

function isDay(text: string): boolean {
  return text.length === 10;
}

function utcDay(ms: number): number {
  return Math.floor(ms / 86_400_000);
}
