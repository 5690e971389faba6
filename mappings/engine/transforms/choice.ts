import type { CanonicalValue } from '#src/domain/record.ts';
import { z } from 'zod';
import { severalIds } from '#src/domain/record.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import { defineTransform, withoutOptions, symmetric, textual } from './definition.ts';
import type { Read, RemoteType, Transform, Write } from './definition.ts';
import { readText } from './text.ts';

const singleValued: readonly RemoteType[] = ['text', 'picklist', 'number', 'boolean'];
const scalar = z.union([z.string(), z.boolean()]);

/** True if the remote value is one of these, in any case. */
const equalsSpec = z.strictObject({ name: z.literal('equals'), values: z.array(z.string().min(1)).min(1) });

/** More than any picklist has. */
const maxValues = 5_000;

/**
 * Maps remote values to canonical values, case-sensitive. When writing, the first fitting remote value is
 * used.
 */
const lookupSpec = z.strictObject({
  name: z.literal('lookup'),
  map: z
    .record(z.string(), scalar)
    .refine((map) => Object.keys(map).length > 0, 'list at least one value')
    .refine((map) => Object.keys(map).length <= maxValues, `list at most ${maxValues} values`)
    .refine(
      (map) => Object.keys(map).every((key) => key !== '' && key === key.trim()),
      'remove the spaces before and after the value',
    ),
  /** The canonical value for remote values that are not in the map. Without it they are a problem. */
  otherwise: scalar.nullable().optional(),
  /** The remote value for canonical values that are not in the map. Without it they are a problem. */
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
    'Map a checkbox, or use the transform "equals" to list the values that mean true.',
  );
};

/** A checkbox has no blank: vendors refuse null in one. */
const writeBoolean: Write = (value) => readBoolean(value) ?? false;

/** Several ids stay together. The step that places the record knows which of them is meant, or asks a person. */
const readReference: Read = (value) => {
  if (!Array.isArray(value)) return readText(value);
  const ids = value.map(readText);
  return ids.find(isRefusal) ?? (ids.filter((id) => id !== null).join(severalIds) || null);
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
    loses: 'the original value',
    listedValues: { values: spec.values, others: 'accepted', sameCase: false },
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
          `Add a remote value for ${shown(value)} to the lookup of this field.`,
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
    loses: lossOf(spec, theirs),
    writtenValues: [
      ...new Set([...theirs.values(), ...(spec.otherwiseRemote ? [spec.otherwiseRemote] : [])]),
    ],
    filledValues: filled,
    listedValues: {
      values: [...ours.keys()],
      others: spec.otherwise === undefined ? 'refused' : 'accepted',
      sameCase: true,
    },
  };
}

function lossOf(
  { map, otherwise, otherwiseRemote }: LookupSpec,
  theirs: ReadonlyMap<CanonicalValue, string>,
): string | null {
  const merged = Object.entries(map).find(([remote, local]) => theirs.get(local) !== remote);
  if (merged) return `the difference between ${shown(merged[0])} and ${shown(theirs.get(merged[1]))}`;
  if (otherwise !== undefined) return 'the values that it does not list';
  return otherwiseRemote === undefined ? null : 'the values of Fairway that it does not list';
}

export const choiceTransforms = {
  boolean: defineTransform({
    label: 'Yes or no',
    help: 'A checkbox, or the texts true and false.',
    options: withoutOptions('boolean'),
    build: () => ({
      ...symmetric('boolean', ['boolean', ...textual], ['boolean'], readBoolean),
      write: { to: ['boolean'], as: () => writeBoolean },
    }),
  }),
  equals: defineTransform({
    label: 'Yes if it is one of these values',
    help: 'True if the value is one of the listed ones, in any case: Partner, Reseller → yes.',
    options: equalsSpec,
    build: equals,
  }),
  lookup: defineTransform({
    label: 'Picklist values',
    help: 'Maps each value to one of ours and back: "New Business" → new. Others use otherwise and otherwiseRemote.',
    options: lookupSpec,
    build: lookup,
  }),
  reference: defineTransform({
    label: 'Reference',
    help: 'The record that the field refers to. It is read as the linked record in Fairway.',
    options: withoutOptions('reference'),
    build: () =>
      symmetric('reference', ['reference', 'text', 'number'], ['reference', 'text'], readReference),
  }),
};
