import { z } from 'zod';
import { fieldsRead } from '#mappings/engine/expression/syntax.ts';
import type { Side } from '#mappings/engine/expression/syntax.ts';

/**
 * Transforms that put several fields together. Reading, they take the vendor's fields; writing, ours. None
 * can be undone, so a field that goes both ways cannot have one.
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
  /** Of the record that the line's field points at. */
  related: z.strictObject({ name: z.literal('related'), field: z.string().trim().min(1).max(100) }),
  expression: z.strictObject({ name: z.literal('expression'), cel: z.string().trim().min(1).max(2_000) }),
};

export type CombinationName = keyof typeof combinationSpecs;
export type CombinationSpec = z.infer<(typeof combinationSpecs)[CombinationName]>;

/** For the console, as in `TransformDefinition`. */
export const combinationWords: Readonly<
  Record<CombinationName, { readonly label: string; readonly help: string }>
> = {
  coalesce: {
    label: 'First filled field',
    help: 'The first of several fields that is filled: Mobile, else Phone.',
  },
  join: {
    label: 'Join fields',
    help: 'Several fields as one text, without those that are blank: street, city → "Hauptstr. 1, Köln".',
  },
  template: { label: 'Text with fields', help: 'A text with fields filled in: "{tier} since {tierAsOf}".' },
  related: {
    label: 'Field of the record it points at',
    help: 'Lookup by reference: the name, domain … of the account, opportunity … it refers to.',
  },
  expression: {
    label: 'Expression',
    help: 'What a CEL expression comes to: remote.Employees > 1000 ? "large" : "small".',
  },
};

export const isCombination = (spec: { readonly name: string }): spec is CombinationSpec =>
  Object.hasOwn(combinationSpecs, spec.name);

export const placeholder = /\{([^{}]+)\}/g;

/** The fields a combination takes, each once, in order. */
export function sourcesOf(spec: CombinationSpec, side: Side): readonly string[] {
  switch (spec.name) {
    case 'coalesce':
    case 'join':
      return [...new Set(spec.from)];
    case 'template':
      return [...new Set([...spec.text.matchAll(placeholder)].map(([, field = '']) => field.trim()))];
    // The line's own field: no other is named.
    case 'related':
      return [];
    case 'expression':
      return fieldsRead(spec.cel, side);
  }
}
