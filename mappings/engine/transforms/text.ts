import { z } from 'zod';
import { refuse, shown } from '#mappings/engine/refusal.ts';
import { anything, defineTransform, withoutOptions, symmetric, textual } from './definition.ts';
import type { Read, Transform } from './definition.ts';

export const readText: Read = (value) => {
  if (typeof value === 'string') return plainText(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse('not_text', `${shown(value)} is not text.`, 'Map a field with a single value.');
};

function plainText(value: string): string | null {
  const unix = value.includes('\r') ? value.replaceAll('\r\n', '\n') : value;
  return unix.trim() || null;
}

/** Reads a text and converts it. A blank stays blank. */
function converted(convert: (text: string) => string): Read {
  return (value) => {
    const text = readText(value);
    return typeof text === 'string' ? convert(text) || null : text;
  };
}

const readTrim = converted((text) => text.replace(/\s+/g, ' ').trim());
const readUpper = converted((text) => text.toUpperCase());
const readLower = converted((text) => text.toLowerCase());
/** Changes only the first letter of each word, so that "McDonald GmbH" is unchanged. */
const readTitle = converted((text) =>
  text.replace(
    /(^|[\s\-/(])(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  ),
);

const textTransform = (read: Read) => (): Transform => symmetric('text', textual, textual, read);

const cutSpec = z.strictObject({ name: z.literal('cut'), length: z.int().min(1).max(32_000) });
const splitSpec = z.strictObject({
  name: z.literal('split'),
  separator: z.string().min(1).max(20),
  /** Counted from 1, or from -1 at the end. */
  part: z
    .int()
    .min(-100)
    .max(100)
    .refine((part) => part !== 0, 'parts are counted from 1, or from -1 at the end'),
});
const replaceSpec = z.strictObject({
  name: z.literal('replace'),
  find: z.string().min(1).max(200),
  with: z.string().max(200),
});

function cut({ length }: z.infer<typeof cutSpec>): Transform {
  const read = converted((text) =>
    text
      .slice(0, length)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trim(),
  );
  return { ...symmetric('text', textual, textual, read), loses: `the text after ${length} characters` };
}

function split({ separator, part }: z.infer<typeof splitSpec>): Transform {
  const read = converted((text) => {
    const parts = text.split(separator);
    return (parts.at(part > 0 ? part - 1 : part) ?? '').trim();
  });
  return { fills: ['text'], readsFrom: textual, read, write: null, loses: 'the other parts' };
}

function replace(spec: z.infer<typeof replaceSpec>): Transform {
  const read = converted((text) => text.replaceAll(spec.find, () => spec.with).trim());
  return {
    fills: ['text'],
    readsFrom: textual,
    read,
    write: { to: textual, as: () => readText },
    loses: `every ${shown(spec.find)}`,
  };
}

export const textTransforms = {
  text: defineTransform({
    label: 'Text',
    help: 'The text without spaces before and after it.',
    options: withoutOptions('text'),
    build: () => symmetric('text', anything, textual, readText),
  }),
  trim: defineTransform({
    label: 'Single spaces',
    help: 'Runs of spaces and line breaks become one space: "Acme   Corp" → "Acme Corp".',
    options: withoutOptions('trim'),
    build: textTransform(readTrim),
  }),
  upper: defineTransform({
    label: 'Upper case',
    help: 'All letters in upper case: usd → USD.',
    options: withoutOptions('upper'),
    build: textTransform(readUpper),
  }),
  lower: defineTransform({
    label: 'Lower case',
    help: 'All letters in lower case: SALES@ACME.COM → sales@acme.com.',
    options: withoutOptions('lower'),
    build: textTransform(readLower),
  }),
  title: defineTransform({
    label: 'Capitalise words',
    help: 'The first letter of each word in upper case: "acme corp" → "Acme Corp".',
    options: withoutOptions('title'),
    build: textTransform(readTitle),
  }),
  cut: defineTransform({
    label: 'Shorten',
    help: 'Keeps the first characters and removes the rest.',
    options: cutSpec,
    build: cut,
  }),
  split: defineTransform({
    label: 'One part of a text',
    help: 'Splits the text at a separator and uses one part: part 1 of "Anna Meier" at " " is "Anna"; part -1 is the last.',
    options: splitSpec,
    build: split,
  }),
  replace: defineTransform({
    label: 'Replace',
    help: 'Replaces every occurrence of a text with another.',
    options: replaceSpec,
    build: replace,
  }),
};
