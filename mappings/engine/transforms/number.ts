import { z } from 'zod';
import { decimalToNumber, readDecimal } from '#mappings/engine/values/decimal.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import { defined, textual } from './definition.ts';
import type { Read, RemoteScalar, Transform, Write } from './definition.ts';

/**
 * How a number is written as text, by example: which mark stands before the decimals, which between
 * thousands.
 */
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
  /** The one currency the field holds; an amount in another is refused, not converted. */
  code: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency is three capitals, such as EUR')
    .refine((code) => Intl.supportedValuesOf('currency').includes(code), 'no such currency'),
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

/** Towards a number field a JSON number, towards text (and the next step) digits. */
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

type NumberFormat = (typeof numberFormats)[number];
const escaped = (mark: string): string => mark.replace(/[.]/g, '\\.');

/** Thousands are grouped in threes or not at all: what is grouped otherwise was written in another format. */
function readFormatted(written: NumberFormat): Read {
  const { decimal: point, group } = marks[written];
  const pattern = new RegExp(
    `^[+-]?(?:\\d{1,3}(?:${escaped(group)}\\d{3})+|\\d+)(?:${escaped(point)}\\d+)?$`,
  );
  return (value) => {
    if (value === null || value === undefined) return null;
    const text =
      typeof value === 'string'
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
    if (typeof value !== 'string') return plain(value);
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

/** What people write for a currency: "€", "US$", "$". */
function symbolsOf(code: string): readonly string[] {
  const symbol = (currencyDisplay: 'symbol' | 'narrowSymbol'): string =>
    new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay })
      .formatToParts(0)
      .find(({ type }) => type === 'currency')?.value ?? code;
  return [...new Set([symbol('symbol'), symbol('narrowSymbol')])].filter((found) => found !== code);
}

/** Moves the decimal point, exactly. */
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

/** Half away from zero, as invoices are rounded. */
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
    loses: `decimals after the ${places}th`,
  };
}

export const numberTransforms = {
  decimal: defined({
    label: 'Number',
    help: 'A number, exactly. From text, say how it is written: format "1.234,56" reads "12.500,00" as 12500.',
    options: decimalSpec,
    build: decimal,
  }),
  currency: defined({
    label: 'Amount with its currency',
    help: 'An amount written with a currency sign or code: "EUR 1.234,50" → 1234.5. Amounts in another currency are refused.',
    options: currencySpec,
    build: currency,
  }),
  scale: defined({
    label: 'Move the decimal point',
    help: 'Multiplies by a power of ten: by "0.01" turns cents into units, by "100" turns 0.15 into 15 per cent.',
    options: scaleSpec,
    build: scale,
  }),
  round: defined({
    label: 'Round',
    help: 'Rounds to so many decimals, halves away from zero: 2 places turn 1.005 into 1.01.',
    options: roundSpec,
    build: round,
  }),
};
