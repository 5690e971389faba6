import { z } from 'zod';
import { refuse, shown } from '#mappings/engine/refusal.ts';
import { anything, defined, named, symmetric, textual } from './definition.ts';
import type { Read, Transform } from './definition.ts';

export const readText: Read = (value) => {
  if (typeof value === 'string') return plainText(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse('not_text', `${shown(value)} is not text.`, 'Map a field that holds a single value.');
};

function plainText(value: string): string | null {
  const unix = value.includes('\r') ? value.replaceAll('\r\n', '\n') : value;
  return unix.trim() || null;
}

/** Reads text and makes something of it; what is blank stays blank. */
function made(make: (text: string) => string): Read {
  return (value) => {
    const text = readText(value);
    return typeof text === 'string' ? make(text) || null : text;
  };
}

const readTrim = made((text) => text.replace(/\s+/g, ' ').trim());
const readUpper = made((text) => text.toUpperCase());
const readLower = made((text) => text.toLowerCase());
/** The first letter of each word; the rest as it is, so that "McDonald GmbH" keeps its capitals. */
const readTitle = made((text) =>
  text.replace(
    /(^|[\s\-/(])(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  ),
);

const unchanging = (read: Read) => (): Transform => symmetric('text', textual, textual, read);

const cutSpec = z.strictObject({ name: z.literal('cut'), length: z.int().min(1).max(32_000) });
const splitSpec = z.strictObject({
  name: z.literal('split'),
  separator: z.string().min(1).max(20),
  /** Counted from 1; -1 is the last. */
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
  const read = made((text) =>
    text
      .slice(0, length)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trim(),
  );
  return { ...symmetric('text', textual, textual, read), loses: `what comes after ${length} characters` };
}

function split({ separator, part }: z.infer<typeof splitSpec>): Transform {
  const read = made((text) => {
    const parts = text.split(separator);
    return (parts.at(part > 0 ? part - 1 : part) ?? '').trim();
  });
  return { fills: ['text'], readsFrom: textual, read, write: null, loses: 'the other parts' };
}

function replace(spec: z.infer<typeof replaceSpec>): Transform {
  const read = made((text) => text.replaceAll(spec.find, () => spec.with).trim());
  return {
    fills: ['text'],
    readsFrom: textual,
    read,
    write: { to: textual, as: () => readText },
    loses: `every ${shown(spec.find)}`,
  };
}

export const textTransforms = {
  text: defined({
    label: 'Text',
    help: 'The text as it is, without spaces around it.',
    options: named('text'),
    build: () => symmetric('text', anything, textual, readText),
  }),
  trim: defined({
    label: 'Single spaces',
    help: 'Runs of spaces and line breaks become one space: "Acme   Corp" → "Acme Corp".',
    options: named('trim'),
    build: unchanging(readTrim),
  }),
  upper: defined({
    label: 'Capitals',
    help: 'All letters as capitals: usd → USD.',
    options: named('upper'),
    build: unchanging(readUpper),
  }),
  lower: defined({
    label: 'Small letters',
    help: 'SALES@ACME.COM → sales@acme.com.',
    options: named('lower'),
    build: unchanging(readLower),
  }),
  title: defined({
    label: 'Capital initials',
    help: 'Each word begins with a capital, the rest stays: "acme corp" → "Acme Corp".',
    options: named('title'),
    build: unchanging(readTitle),
  }),
  cut: defined({
    label: 'Cut to a length',
    help: 'Keeps the first characters and drops the rest.',
    options: cutSpec,
    build: cut,
  }),
  split: defined({
    label: 'One part of a text',
    help: 'Cuts the text at a separator and takes one part: part 1 of "Anna Meier" at " " is "Anna"; part -1 is the last.',
    options: splitSpec,
    build: split,
  }),
  replace: defined({
    label: 'Replace',
    help: 'Replaces every occurrence of a text by another.',
    options: replaceSpec,
    build: replace,
  }),
};
