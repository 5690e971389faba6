import type { CanonicalValue } from '#src/domain/record.ts';
import { z } from 'zod';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import { defined, named, symmetric, textual } from './definition.ts';
import type { Read, RemoteType, Transform, Write } from './definition.ts';
import { readText } from './text.ts';

const singleValued: readonly RemoteType[] = ['text', 'picklist', 'number', 'boolean'];
const scalar = z.union([z.string(), z.boolean()]);

/** True when the remote value is one of these; case does not count. */
const equalsSpec = z.strictObject({ name: z.literal('equals'), values: z.array(z.string().min(1)).min(1) });

/** Picklists have fewer; what has more is a table of its own. */
const mostValues = 5_000;

/**
 * Remote value → ours, case-sensitive. Written the other way round, the first remote value that fits is
 * taken.
 */
const lookupSpec = z.strictObject({
  name: z.literal('lookup'),
  map: z
    .record(z.string(), scalar)
    .refine((map) => Object.keys(map).length > 0, 'list at least one value')
    .refine((map) => Object.keys(map).length <= mostValues, `list ${mostValues} values at most`)
    .refine(
      (map) => Object.keys(map).every((key) => key !== '' && key === key.trim()),
      'values are compared without spaces around them',
    ),
  /** For every remote value the map does not name; without it such a value is a problem. */
  otherwise: scalar.nullable().optional(),
  /** Written for every value of ours the map does not name; without it such a value is a problem. */
  otherwiseRemote: z.string().min(1).nullable().optional(),
});
type LookupSpec = z.infer<typeof lookupSpec>;

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
  return refuse(
    'several_references',
    `The record points at ${value.length} others.`,
    'Leave one association, or mark one as primary.',
  );
};

function equals(spec: z.infer<typeof equalsSpec>): Transform {
  const wanted = new Set(spec.values.map((value) => value.trim().toLowerCase()));
  const read: Read = (value) => {
    const text = readText(value);
    return isRefusal(text) ? text : text !== null && wanted.has(String(text).toLowerCase());
  };
  return {
    fills: ['boolean'],
    readsFrom: singleValued,
    read,
    write: null,
    loses: 'which value it was',
    named: { values: spec.values, others: 'taken', sameCase: false },
  };
}

function lookup(spec: LookupSpec): Transform {
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
      : refuse(
          'value_not_listed',
          `${shown(value)} is not in the lookup (${known}).`,
          `Add ${shown(value)} to the lookup of this field.`,
        );
  };
  const write: Write = (value) => {
    if (value === null) return null;
    const found = theirs.get(value) ?? spec.otherwiseRemote;
    return found !== undefined
      ? found
      : refuse(
          'value_not_listed',
          `The lookup has no remote value for ${shown(value)}.`,
          `Add a line that maps to ${shown(value)}.`,
        );
  };
  const filled = [...new Set([...ours.values(), spec.otherwise])].filter(
    (value) => value !== null && value !== undefined,
  );
  const kinds = new Set(
    filled.map((value): 'boolean' | 'text' => (typeof value === 'boolean' ? 'boolean' : 'text')),
  );
  return {
    fills: kinds.size === 1 ? [...kinds] : [],
    readsFrom: singleValued,
    read,
    write: { to: textual, as: () => write },
    loses: whatLookupLoses(spec, theirs),
    written: [...new Set([...theirs.values(), ...(spec.otherwiseRemote ? [spec.otherwiseRemote] : [])])],
    filled,
    named: {
      values: [...ours.keys()],
      others: spec.otherwise === undefined ? 'refused' : 'taken',
      sameCase: true,
    },
  };
}

function whatLookupLoses(
  { map, otherwise, otherwiseRemote }: LookupSpec,
  theirs: ReadonlyMap<CanonicalValue, string>,
): string | null {
  const folded = Object.entries(map).find(([remote, local]) => theirs.get(local) !== remote);
  if (folded) return `that ${shown(folded[0])} was not ${shown(theirs.get(folded[1]))}`;
  if (otherwise !== undefined) return 'which of the values it does not list was there';
  return otherwiseRemote === undefined ? null : 'which of our values it does not list was there';
}

export const choiceTransforms = {
  boolean: defined({
    label: 'Yes or no',
    help: 'A checkbox, or the words true and false.',
    options: named('boolean'),
    build: () => symmetric('boolean', ['boolean', ...textual], ['boolean'], readBoolean),
  }),
  equals: defined({
    label: 'Yes when it is one of these',
    help: 'True when the value is one of those listed, whatever its case: Partner, Reseller → yes.',
    options: equalsSpec,
    build: equals,
  }),
  lookup: defined({
    label: 'Picklist values',
    help: 'Their values one by one to ours, and back: "New Business" → new. For all others, otherwise and otherwiseRemote.',
    options: lookupSpec,
    build: lookup,
  }),
  reference: defined({
    label: 'Reference',
    help: 'The record this one points at: theirs is read as the one of ours it is linked with.',
    options: named('reference'),
    build: () =>
      symmetric('reference', ['reference', 'text', 'number'], ['reference', 'text'], readReference),
  }),
};
