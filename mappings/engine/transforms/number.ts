import { z } from 'zod';
import { decimalToNumber, readDecimal } from '#mappings/engine/values/decimal.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import { defineTransform, textual } from './definition.ts';
import type { Read, RemoteScalar, Transform, Write } from './definition.ts';

/** Formats of numbers as text, by example: the decimal separator and the thousands separator. */
const numberFormats = ['1,234.56', '1.234,56', '1 234,56', "1'234.56"] as const;
const marks = {
  '1,234.56': { decimal: '.', group: ',' },
  '1.234,56': { decimal: ',', group: '.' },
  '1 234,56': { decimal: ',', group: ' ' },
  "1'234.56": { decimal: '.', group: "'" },
} as const;

const format = z.enum(numberFormats);
const decimalSpec = z.strictObject({ name: z.literal('decimal'), format: format.optional() });
const currencySpec = z.strictObject({
  name: z.literal('currency'),
  /** The currency of the field. An amount in another currency is refused, not converted. */
  code: z
    .string()
    .regex(/^[A-Z]{3}$/, 'use three upper-case letters, such as EUR')
    .refine((code) => Intl.supportedValuesOf('currency').includes(code), 'unknown currency code'),
  format,
});
const scaleSpec = z.strictObject({
  name: z.literal('scale'),
  by: z.enum(['0.001', '0.01', '0.1', '10', '100', '1000']),
});
const roundSpec = z.strictObject({ name: z.literal('round'), places: z.int().min(0).max(10) });

const writeNumber: Write = (value) => {
  const decimal = readDecimal(value);
  return typeof decimal === 'string' ? decimalToNumber(decimal) : decimal;
};

/** Writes a JSON number to a number field, and digits to a text field or the next step. */
const numeric = (write: Write): Transform['write'] => ({
  to: ['number', 'text'],
  as: (type) => (type === 'number' ? (value) => asNumber(write(value)) : write),
});
const asNumber = (written: RemoteScalar | Refusal): RemoteScalar | Refusal =>
  typeof written === 'string' ? decimalToNumber(written) : written;

function decimal({ format: written }: z.infer<typeof decimalSpec>): Transform {
  if (written)
    return {
      fills: ['decimal'],
      readsFrom: textual,
      read: readFormatted(written),
      write: asText(written),
      loses: null,
    };
  return {
    fills: ['decimal'],
    readsFrom: ['number', 'text'],
    read: readDecimal,
    write: { to: ['number', 'text'], as: (type) => (type === 'number' ? writeNumber : readDecimal) },
    loses: null,
  };
}

/** A longer text is no number, and reading its spaces takes time in the square of their number. */
const longestNumber = 2_100;

type NumberFormat = (typeof numberFormats)[number];
const escaped = (mark: string): string => mark.replace(/[.]/g, '\\.');

/** Thousands are grouped in threes or not at all. Any other grouping means another format. */
function readFormatted(written: NumberFormat): Read {
  const { decimal: point, group } = marks[written];
  const pattern = new RegExp(
    `^[+-]?(?:\\d{1,3}(?:${escaped(group)}\\d{3})+|\\d+)(?:${escaped(point)}\\d+)?$`,
  );
  return (value) => {
    if (value === null || value === undefined) return null;
    const text =
      typeof value === 'string' && value.length <= longestNumber
        ? value
            .trim()
            .replaceAll(/[\u00A0\u202F]/g, ' ')
            .replaceAll('’', "'")
            .replace('−', '-')
        : null;
    if (text === '') return null;
    if (text === null || !pattern.test(text)) {
      const fix = `Store numbers like ${written}, or choose another format.`;
      return refuse('not_a_number', `${shown(value)} is not a number written like ${written}.`, fix);
    }
    return readDecimal(text.replaceAll(group, '').replace(point, '.'));
  };
}

function formatted(written: NumberFormat, value: string): string {
  const { decimal: point, group } = marks[written];
  const [whole = '', fraction] = value.split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, group);
  return fraction === undefined ? grouped : `${grouped}${point}${fraction}`;
}

function asText(written: NumberFormat, before = ''): Transform['write'] {
  const write: Write = (value) => {
    const plain = readDecimal(value);
    return typeof plain === 'string' ? before + formatted(written, plain) : plain;
  };
  return { to: ['text'], as: () => write };
}

function currency({ code, format: written }: z.infer<typeof currencySpec>): Transform {
  const plain = readFormatted(written);
  const names = [code, ...symbolsOf(code)].map((name) => name.replaceAll(/[.$]/g, '\\$&'));
  const around = new RegExp(`^([+-]?)\\s*(?:${names.join('|')})?\\s*(.*?)\\s*(?:${names.join('|')})?$`, 'i');
  const read: Read = (value) => {
    if (typeof value !== 'string' || value.length > longestNumber) return plain(value);
    const [, sign = '', amount = ''] = around.exec(value.trim()) ?? [];
    const found = plain(sign + amount);
    if (!isRefusal(found)) return found;
    const fix = `Store amounts in ${code} like ${written}, or map another field.`;
    return refuse(
      'not_an_amount',
      `${shown(value)} is not an amount in ${code} written like ${written}.`,
      fix,
    );
  };
  return { fills: ['decimal'], readsFrom: textual, read, write: asText(written, `${code} `), loses: null };
}

/** The symbols of a currency: "€", "US$", "$". */
function symbolsOf(code: string): readonly string[] {
  const symbol = (currencyDisplay: 'symbol' | 'narrowSymbol'): string =>
    new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay })
      .formatToParts(0)
      .find(({ type }) => type === 'currency')?.value ?? code;
  return [...new Set([symbol('symbol'), symbol('narrowSymbol')])].filter((found) => found !== code);
}

/** Moves the decimal point without rounding. */
function shift(value: string, by: number): string {
  const moved = readDecimal(`${value}e${by}`);
  return typeof moved === 'string' ? moved : value;
}

function scale({ by }: z.infer<typeof scaleSpec>): Transform {
  const places = Math.round(Math.log10(Number(by)));
  const through =
    (move: number): Read =>
    (value) => {
      const plain = readDecimal(value);
      return typeof plain === 'string' ? shift(plain, move) : plain;
    };
  return {
    fills: ['decimal'],
    readsFrom: ['number', 'text'],
    read: through(places),
    write: numeric(through(-places)),
    loses: null,
  };
}

/** Rounds half away from zero, as invoices do. */
function rounded(value: string, places: number): string {
  const [whole = '', fraction = ''] = value.split('.');
  if (fraction.length <= places) return value;
  const negative = whole.startsWith('-');
  const digits =
    BigInt(whole.replace('-', '') + fraction.slice(0, places)) + (Number(fraction[places]) >= 5 ? 1n : 0n);
  return shift(`${negative ? '-' : ''}${digits}`, -places);
}

function round({ places }: z.infer<typeof roundSpec>): Transform {
  const read: Read = (value) => {
    const plain = readDecimal(value);
    return typeof plain === 'string' ? rounded(plain, places) : plain;
  };
  return {
    fills: ['decimal'],
    readsFrom: ['number', 'text'],
    read,
    write: numeric(read),
    loses: `all but ${places} decimals`,
  };
}

export const numberTransforms = {
  decimal: defineTransform({
    label: 'Number',
    help: 'An exact number. For a text, set its format: "1.234,56" reads "12.500,00" as 12500.',
    options: decimalSpec,
    build: decimal,
  }),
  currency: defineTransform({
    label: 'Amount with its currency',
    help: 'An amount with a currency sign or code: "EUR 1.234,50" → 1234.5. Amounts in another currency are refused.',
    options: currencySpec,
    build: currency,
  }),
  scale: defineTransform({
    label: 'Move the decimal point',
    help: 'Multiplies by a power of ten: by "0.01" turns cents into units, by "100" turns 0.15 into 15 per cent.',
    options: scaleSpec,
    build: scale,
  }),
  round: defineTransform({
    label: 'Round',
    help: 'Rounds to a number of decimals, halves away from zero: 2 places turn 1.005 into 1.01.',
    options: roundSpec,
    build: round,
  }),
};
