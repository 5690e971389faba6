import type { CanonicalValue, CanonicalValues, FieldType } from '#src/domain/record.ts';
import type { Gathering, RelatedField, RemoteFieldShape, RemoteRecordFields } from './compiled-mapping.ts';
import { compileExpression } from './expression/expression.ts';
import type { Side } from './expression/syntax.ts';
import { nearest } from './values/nearest.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { buildTransform, defaultTransform } from './transform.ts';
import { placeholder, sourcesOf } from './transforms/combination.ts';
import type { CombinationSpec } from './transforms/combination.ts';
import type { Read, RemoteType } from './transforms/definition.ts';

/** The types of the fields that a combination may use, by name. */
export type SourceTypes = ReadonlyMap<string, FieldType>;

/** A combination with checked sources. */
export interface Combination {
  readonly name: string;
  readonly sources: readonly string[];
  readonly gives: FieldType;
  readonly combine: (values: readonly CanonicalValue[]) => CanonicalValue | Refusal;
  /** Set if the value comes from the referenced record. */
  readonly related?: RelatedField;
}

const remoteTypes: Readonly<Record<RemoteType, FieldType>> = {
  text: 'text',
  picklist: 'text',
  number: 'decimal',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
  reference: 'reference',
};

/** A vendor's fields with their canonical types. */
export function remoteSources(fields: ReadonlyMap<string, RemoteFieldShape>): SourceTypes {
  return new Map([...fields].map(([name, { type }]) => [name, remoteTypes[type]]));
}

/**
 * Builds a combination and checks its sources. A refusal names the problem and the fix. An optional `coalesce`
 * uses only the fields that exist.
 */
export function buildCombination(
  spec: Exclude<CombinationSpec, { name: 'related' }>,
  side: Side,
  known: SourceTypes,
  optional = false,
): Combination | Refusal {
  if (spec.name === 'expression') {
    const expression = compileExpression(spec.cel, { side, fields: known });
    return 'code' in expression
      ? expression
      : {
          name: spec.name,
          sources: expression.fields,
          gives: expression.gives,
          combine: expression.evaluate,
        };
  }
  const named = sourcesOf(spec, side);
  // The first filled field of those that this org has.
  const present = named.filter((name) => known.has(name));
  const sources = optional && spec.name === 'coalesce' && present.length > 0 ? present : named;
  const unknown = sources.find((name) => !known.has(name));
  if (unknown !== undefined) return unknownSource(spec.name, unknown, known);
  switch (spec.name) {
    case 'coalesce':
      return coalesce(sources, known);
    case 'join':
      return {
        name: spec.name,
        sources,
        gives: 'text',
        combine: (values) => values.filter((value) => value !== null).join(spec.separator) || null,
      };
    case 'template':
      return { name: spec.name, sources, gives: 'text', combine: filledTemplate(spec.text, sources) };
  }
}

function unknownSource(name: string, source: string, known: SourceTypes): Refusal {
  const similar = nearest(source, known.keys());
  const fix = similar ? `Did you mean "${similar}"?` : 'Choose another field, or remove it.';
  return refuse('unknown_source', `"${name}" uses the field "${source}", which does not exist.`, fix);
}

function coalesce(sources: readonly string[], known: SourceTypes): Combination | Refusal {
  const types = [...new Set(sources.map((source) => known.get(source) ?? 'text'))];
  const [gives = 'text'] = types;
  if (types.length > 1) {
    const fix = 'Choose fields of one type, or use an expression.';
    return refuse(
      'sources_differ',
      `"coalesce" needs fields of one type, but ${sources.join(', ')} are ${types.join(' and ')}.`,
      fix,
    );
  }
  return {
    name: 'coalesce',
    sources,
    gives,
    combine: (values) => values.find((value) => value !== null) ?? null,
  };
}

/** Null if all fields are blank, because punctuation alone is no value. */
function filledTemplate(text: string, sources: readonly string[]): Combination['combine'] {
  return (values) => {
    if (sources.length > 0 && values.every((value) => value === null)) return null;
    const filled = text.replaceAll(placeholder, (_, field: string) =>
      String(values[sources.indexOf(field.trim())] ?? ''),
    );
    return filled.trim() || null;
  };
}

/** Reads the sources of a remote record by their types and combines them. */
export function gatherRemote(
  { name, sources, combine }: Combination,
  known: SourceTypes,
): Gathering<RemoteRecordFields, CanonicalValue> {
  const reads: readonly Read[] = sources.map(
    (source) => buildTransform(defaultTransform(known.get(source) ?? 'text')).read,
  );
  const gather = (record: RemoteRecordFields): CanonicalValue | Refusal => {
    const values: CanonicalValue[] = [];
    for (let n = 0; n < sources.length; n += 1) {
      const value = reads[n]?.(record[sources[n] ?? '']) ?? null;
      if (isRefusal(value)) return value;
      values.push(value);
    }
    return combine(values);
  };
  return { name, sources, gather };
}

/** Combines canonical values. Undefined if a source is not given, and then nothing is written. */
export function gatherOurs({
  name,
  sources,
  combine,
}: Combination): Gathering<CanonicalValues, CanonicalValue> {
  const gather = (values: CanonicalValues): CanonicalValue | Refusal | undefined => {
    const given: CanonicalValue[] = [];
    for (const source of sources) {
      const value = values[source];
      if (value === undefined) return undefined;
      given.push(value);
    }
    return combine(given);
  };
  return { name, sources, gather };
}
