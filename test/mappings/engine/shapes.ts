import type { RemoteFieldShape, RemoteShape } from '#mappings/engine/compile.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { fieldsOf } from '#src/domain/record.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/** A remote field that is writable by default. */
export function remote(
  name: string,
  type: RemoteFieldShape['type'],
  more: Partial<RemoteFieldShape> = {},
): RemoteFieldShape {
  return { name, type, required: false, createable: true, updateable: true, ...more };
}

const remoteTypes = {
  text: 'text',
  boolean: 'boolean',
  decimal: 'number',
  date: 'date',
  instant: 'datetime',
  reference: 'reference',
} as const;

/** An org with every field of a pack, with the types that the pack's transforms and canonical fields need. */
export function shapeFor(pack: MappingPack): RemoteShape {
  const textual = new Set([
    'domain',
    'country',
    'upper',
    'equals',
    'lookup',
    'text',
    'expression',
    'coalesce',
  ]);
  const fields = pack.fields.map((field) => {
    const name = field.transform?.[0]?.name ?? fieldsOf(pack.kind)[field.local]?.type ?? 'text';
    const type = textual.has(name) ? 'text' : remoteTypes[name as keyof typeof remoteTypes];
    // In a CRM, people cannot change when it created a record.
    return remote(field.remote, type, field.local === 'createdAt' ? { updateable: false } : {});
  });
  const known = new Set(fields.map(({ name }) => name));
  const inExpressions = JSON.stringify(pack).matchAll(/remote\.(\w+)/g);
  const named = [...[...inExpressions].map(([, name = '']) => name), ...Object.keys(pack.create ?? {})];
  const others = new Set(named.filter((name) => !known.has(name)));
  return { object: pack.object, fields: [...fields, ...[...others].map((name) => remote(name, 'text'))] };
}

export function pack(kind: CanonicalKind, fields: readonly MappedField[]): MappingPack {
  return { system: 'salesforce', object: 'Thing', kind, version: 1, fields: [...fields] };
}
