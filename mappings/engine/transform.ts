import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { z } from 'zod';
import { readDate, readInstant } from './calendar.ts';
import { readCountry } from './country.ts';
import { decimalToNumber, readDecimal } from './decimal.ts';
import { readDomain } from './domain-name.ts';
import { isRefusal, refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** Options-free transforms; the options of the others follow. */
const plainNames = ['text', 'boolean', 'decimal', 'date', 'instant', 'reference', 'domain', 'country', 'upper'] as const;

const scalar = z.union([z.string(), z.boolean()]);
const plainSpec = z.strictObject({ name: z.enum(plainNames) });
/** True when the remote value is one of these; case does not count. */
const equalsSpec = z.strictObject({ name: z.literal('equals'), values: z.array(z.string().min(1)).min(1) });
/** Remote value → ours, case-sensitive. Written the other way round, the first remote value that fits is taken. */
const lookupSpec = z.strictObject({
  name: z.literal('lookup'),
  map: z
    .record(z.string(), scalar)
    .refine((map) => Object.keys(map).length > 0, 'list at least one value')
    .refine((map) => Object.keys(map).every((key) => key !== '' && key === key.trim()), 'values are compared without spaces around them'),
  /** For every remote value the map does not name; without it such a value is a problem. */
  otherwise: scalar.nullable().optional(),
});

/** `country`, or `{name: equals, values: [PARTNER]}`. */
export const transformSpec = z.preprocess(
  (spec) => (typeof spec === 'string' ? { name: spec } : spec),
  z.discriminatedUnion('name', [plainSpec, equalsSpec, lookupSpec]),
);
export type TransformSpec = z.infer<typeof transformSpec>;

export const transformNames = [...plainNames, 'equals', 'lookup'] as const satisfies readonly TransformSpec['name'][];

export type RemoteType = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'reference';
export type RemoteScalar = string | number | boolean | null;
export type Read = (value: unknown) => CanonicalValue | Refusal;
export type Write = (value: CanonicalValue) => RemoteScalar | Refusal;

/** One way to carry a value between a vendor's field and ours. Reading never throws, whatever the vendor holds. */
export interface Transform {
  /** Types of our fields it can fill. */
  readonly fills: readonly FieldType[];
  readonly readsFrom: readonly RemoteType[];
  readonly read: Read;
  /** Null: one way only. */
  readonly write: { readonly to: readonly RemoteType[]; readonly as: (type: RemoteType) => Write } | null;
}

const textual: readonly RemoteType[] = ['text', 'picklist'];

const readText: Read = (value) => {
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim() || null;
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse('not_text', `${shown(value)} is not text.`, 'Map a field that holds a single value.');
};

const readUpper: Read = (value) => {
  const text = readText(value);
  return typeof text === 'string' ? text.toUpperCase() : text;
};

const readBoolean: Read = (value) => {
  if (typeof value === 'boolean') return value;
  const text = readText(value);
  if (text === null || isRefusal(text)) return text;
  const lower = String(text).toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  return refuse(
    'not_true_or_false',
    `${shown(value)} is neither true nor false.`,
    'Map a checkbox, or use the transform "equals" to say which values mean true.',
  );
};

const readReference: Read = (value) => {
  if (!Array.isArray(value)) return readText(value);
  if (value.length <= 1) return readText(value[0]);
  return refuse('several_references', `The record points at ${value.length} others.`, 'Leave one association, or mark one as primary.');
};

/** What we send must be readable as what we mean; a vendor takes the reading as it is. */
function symmetric(fills: FieldType, readsFrom: readonly RemoteType[], to: readonly RemoteType[], read: Read): Transform {
  return { fills: [fills], readsFrom, read, write: { to, as: () => read } };
}

const anything: readonly RemoteType[] = ['text', 'picklist', 'number', 'boolean', 'date', 'datetime', 'reference'];

const plain: Readonly<Record<(typeof plainNames)[number], Transform>> = {
  text: symmetric('text', anything, textual, readText),
  upper: symmetric('text', textual, textual, readUpper),
  domain: symmetric('text', textual, textual, readDomain),
  country: symmetric('text', textual, textual, readCountry),
  boolean: symmetric('boolean', ['boolean', ...textual], ['boolean'], readBoolean),
  date: symmetric('date', ['date', 'datetime', 'text', 'number'], ['date', 'text'], readDate),
  instant: symmetric('instant', ['datetime', 'text', 'number'], ['datetime', 'text'], readInstant),
  reference: symmetric('reference', ['reference', 'text', 'number'], ['reference', 'text'], readReference),
  decimal: {
    fills: ['decimal'],
    readsFrom: ['number', 'text'],
    read: readDecimal,
    write: { to: ['number', 'text'], as: (type) => (type === 'number' ? writeNumber : readDecimal) },
  },
};

function writeNumber(value: CanonicalValue): RemoteScalar | Refusal {
  const decimal = readDecimal(value);
  return typeof decimal === 'string' ? decimalToNumber(decimal) : decimal;
}

function equals(spec: z.infer<typeof equalsSpec>): Transform {
  const wanted = new Set(spec.values.map((value) => value.trim().toLowerCase()));
  const read: Read = (value) => {
    const text = readText(value);
    return isRefusal(text) ? text : text !== null && wanted.has(String(text).toLowerCase());
  };
  return { fills: ['boolean'], readsFrom: ['text', 'picklist', 'number', 'boolean'], read, write: null };
}

function lookup(spec: z.infer<typeof lookupSpec>): Transform {
  const ours = new Map(Object.entries(spec.map));
  const theirs = new Map(
    Object.entries(spec.map)
      .toReversed()
      .map(([remote, local]) => [local, remote]),
  );
  const known = [...ours.keys()].join(', ');
  const read: Read = (value) => {
    const text = readText(value);
    if (text === null || isRefusal(text)) return text;
    const found = ours.get(String(text)) ?? spec.otherwise;
    return found !== undefined
      ? found
      : refuse('value_not_listed', `${shown(value)} is not in the lookup (${known}).`, `Add ${shown(value)} to the lookup of this field.`);
  };
  const write: Write = (value) => {
    if (value === null) return null;
    return (
      theirs.get(value) ??
      refuse('value_not_listed', `The lookup has no remote value for ${shown(value)}.`, `Add a line that maps to ${shown(value)}.`)
    );
  };
  const results = [...ours.values(), spec.otherwise].filter((value) => value !== null && value !== undefined);
  const kinds = new Set(results.map((value) => (typeof value === 'boolean' ? 'boolean' : 'text')));
  return {
    fills: kinds.size === 1 ? [...kinds] : [],
    readsFrom: ['text', 'picklist', 'number', 'boolean'],
    read,
    write: { to: textual, as: () => write },
  };
}

/** The transform a mapping names, made from its options. */
export function buildTransform(spec: TransformSpec): Transform {
  switch (spec.name) {
    case 'equals':
      return equals(spec);
    case 'lookup':
      return lookup(spec);
    default:
      return plain[spec.name];
  }
}

/** What a field gets when its mapping names no transform. */
export function defaultTransform(type: FieldType): TransformSpec {
  return { name: type };
}
