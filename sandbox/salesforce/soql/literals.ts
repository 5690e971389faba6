import type { FieldDef } from '#sandbox/salesforce/records/schema.ts';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import { parseDay, parseInstant } from '#sandbox/salesforce/records/times.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';

/** One literal of a condition. A relative date is a range of days, `from` inclusive, `to` exclusive. */
export type Literal =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'range'; readonly from: string; readonly to: string };

const numeric = new Set(['currency', 'double', 'percent', 'int']);

/**
 * Reads a literal as the field's type demands.
 * @throws ApiError INVALID_FIELD when the types do not go together, MALFORMED_ID for a broken id.
 */
export function readLiteral(field: FieldDef, raw: string, type: string, today: Date): Literal {
  if (type === 'NULL') return { kind: 'value', value: null };
  if (type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL') {
    if (field.type !== 'date' && field.type !== 'datetime') throw mismatch(field, raw);
    const { from, to } = relativeDays(raw, today);
    return { kind: 'range', from: bound(field, from), to: bound(field, to) };
  }
  return { kind: 'value', value: readValue(field, raw, type) };
}

function readValue(field: FieldDef, raw: string, type: string): string | number | boolean {
  if (field.type === 'date') return (type === 'DATE' && parseDay(raw)) || refuse(mismatch(field, raw));
  if (field.type === 'datetime') {
    const instant =
      type === 'DATETIME' ? parseInstant(raw) : type === 'DATE' ? parseInstant(`${raw}T00:00:00Z`) : null;
    return instant ?? refuse(mismatch(field, raw));
  }
  if (numeric.has(field.type))
    return type === 'INTEGER' || type === 'DECIMAL' ? Number(raw) : refuse(mismatch(field, raw));
  if (field.type === 'boolean')
    return type === 'BOOLEAN' ? raw.toLowerCase() === 'true' : refuse(mismatch(field, raw));
  if (type !== 'STRING') throw mismatch(field, raw);
  const text = unquote(raw);
  if (field.type !== 'id' && field.type !== 'reference') return text;
  return (
    toId18(text) ?? refuse(new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`))
  );
}

function refuse(error: Error): never {
  throw error;
}

function mismatch(field: FieldDef, raw: string): ApiError {
  const type =
    field.type === 'datetime'
      ? 'dateTime'
      : field.type === 'id' || field.type === 'reference'
        ? 'ID'
        : field.type;
  const quotes = raw.startsWith("'") ? ' and should not be enclosed in quotes' : '';
  return new ApiError(
    400,
    'INVALID_FIELD',
    `value of filter criterion for field '${field.name}' must be of type ${type}${quotes}`,
  );
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The text of a quoted literal, its escapes read. `\_` and `\%` stay as they are, for LIKE. */
export function unquote(raw: string): string {
  return raw.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    if (escape === '_' || escape === '%') return `\\${escape}`;
    return escapes[escape] ?? escape;
  });
}

const bound = (field: FieldDef, day: Date): string =>
  field.type === 'date'
    ? day.toISOString().slice(0, 10)
    : `${day.toISOString().slice(0, 10)}T00:00:00.000+0000`;

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/**
 * The first day of the unit that lies `steps` units from the one that holds `today`. Weeks start on Sunday.
 */
function unitStart(today: Date, unit: Unit, steps: number): Date {
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  switch (unit) {
    case 'DAY':
      return new Date(Date.UTC(year, month, day + steps));
    case 'WEEK':
      return new Date(Date.UTC(year, month, day - today.getUTCDay() + 7 * steps));
    case 'MONTH':
      return new Date(Date.UTC(year, month + steps, 1));
    case 'QUARTER':
      return new Date(Date.UTC(year, month - (month % 3) + 3 * steps, 1));
    case 'YEAR':
      return new Date(Date.UTC(year + steps, 0, 1));
  }
}

/**
 * The days a date literal means, seen from `today` in UTC, the org's time zone; the fiscal year is the
 * calendar year.
 */
function relativeDays(literal: string, today: Date): { from: Date; to: Date } {
  const [name = '', amount = ''] = literal.toUpperCase().replace('FISCAL_', '').split(':');
  const n = Number(amount);
  const span = (unit: Unit, first: number, after: number) => ({
    from: unitStart(today, unit, first),
    to: unitStart(today, unit, after),
  });
  if (name === 'YESTERDAY') return span('DAY', -1, 0);
  if (name === 'TODAY') return span('DAY', 0, 1);
  if (name === 'TOMORROW') return span('DAY', 1, 2);
  /** The last days include today; the next days begin tomorrow. */
  if (name === 'LAST_90_DAYS') return span('DAY', -90, 1);
  if (name === 'NEXT_90_DAYS') return span('DAY', 1, 91);
  const many = /^(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S$/.exec(name);
  if (many) {
    const unit = many[2] as Unit;
    if (many[1] === 'NEXT') return span(unit, 1, n + 1);
    return span(unit, -n, unit === 'DAY' ? 1 : 0);
  }
  const ago = /^N_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/.exec(name);
  if (ago) return span(ago[1] as Unit, -n, 1 - n);
  const near = /^(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
  if (near) {
    const step = { LAST: -1, THIS: 0, NEXT: 1 }[near[1] as 'LAST' | 'THIS' | 'NEXT'];
    return span(near[2] as Unit, step, step + 1);
  }
  throw new ApiError(400, 'MALFORMED_QUERY', `unexpected token: '${literal}'`);
}
