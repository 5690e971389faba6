import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { Deps } from '#src/deps.ts';
import { shapeFor } from '#test/mappings/engine/shapes.ts';

/** An org whose object has every field the shipped mappings name. */
export function describedFor({ packs }: Deps, object: string): ObjectDescription {
  const shapes = packs.filter((pack) => pack.system === 'salesforce' && pack.object === object).map(shapeFor);
  const fields = new Map(
    shapes.flatMap((shape) => shape.fields.map((field) => [field.name, field] as const)),
  );
  return {
    object,
    label: object,
    fields: [...fields.values()].map((field) => ({ label: field.name, ...field })),
  };
}
