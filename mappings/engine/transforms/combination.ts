import { z } from 'zod';
import { fieldsRead } from '#mappings/engine/expression/syntax.ts';
import type { Side } from '#mappings/engine/expression/syntax.ts';

/**
 * Transforms that combine several fields: the vendor's fields when reading, canonical fields when writing.
 * They cannot be reversed, so they are not possible with direction `both`.
 */
const sources = z.array(z.string().trim().min(1)).min(1).max(50);

export const combinationSpecs = {
  coalesce: z.strictObject({ name: z.literal('coalesce'), from: sources }),
  join: z.strictObject({
    name: z.literal('join'),
    from: sources,
    separator: z.string().max(20).default(' '),
  }),
  template: z.strictObject({ name: z.literal('template'), text: z.string().min(1).max(2_000) }),
  /** A field of the record that the line's field refers to. */
  related: z.strictObject({ name: z.literal('related'), field: z.string().trim().min(1).max(100) }),
  expression: z.strictObject({ name: z.literal('expression'), cel: z.string().trim().min(1).max(2_000) }),
};

export type CombinationName = keyof typeof combinationSpecs;
export type CombinationSpec = z.infer<(typeof combinationSpecs)[CombinationName]>;

/** Labels and help for the console, as in `TransformDefinition`. */
export const combinationHelp: Readonly<
  Record<CombinationName, { readonly label: string; readonly help: string }>
> = {
  coalesce: {
    label: 'First filled field',
    help: 'The first of several fields with a value: Mobile, otherwise Phone.',
  },
  join: {
    label: 'Join fields',
    help: 'Several fields as one text, without blank ones: street, city → "Hauptstr. 1, Köln".',
  },
  template: { label: 'Text with fields', help: 'A text with fields filled in: "{tier} since {tierAsOf}".' },
  related: {
    label: 'Field of the referenced record',
    help: 'A field of the record that the field refers to, such as the name of the account.',
  },
  expression: {
    label: 'Expression',
    help: 'The result of a CEL expression: remote.Employees > 1000 ? "large" : "small".',
  },
};

export const isCombination = (spec: { readonly name: string }): spec is CombinationSpec =>
  Object.hasOwn(combinationSpecs, spec.name);

export const placeholder = /\{([^{}]+)\}/g;

/** The fields that a combination uses, each once, in order. */
export function sourcesOf(spec: CombinationSpec, side: Side): readonly string[] {
  switch (spec.name) {
    case 'coalesce':
    case 'join':
      return [...new Set(spec.from)];
    case 'template':
      return [...new Set([...spec.text.matchAll(placeholder)].map(([, field = '']) => field.trim()))];
    // It uses only the field of the line itself.
    case 'related':
      return [];
    case 'expression':
      return fieldsRead(spec.cel, side);
  }
}
