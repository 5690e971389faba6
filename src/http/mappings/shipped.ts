import type { JsonValue } from '#connectors/contract/records.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { defaultTransform } from '#mappings/engine/transform.ts';
import type { MappedObject } from '#src/db/mappings/mapping-view.ts';
import { type CanonicalField, fieldsOf } from '#src/domain/record.ts';
import type { MappingField } from './schema.ts';

/** A mapping in words, with what is known of the vendor's object beside it. */
export function objectAnswer(pack: MappingPack, known: MappedObject | undefined) {
  const { object, kind, version } = pack;
  const ours = fieldsOf(kind, pack.extra);
  return {
    object,
    kind,
    version,
    fields: pack.fields.map((field) => fieldAnswer(field, ours[field.local], known)),
  };
}

function fieldAnswer(
  field: MappedField,
  canonical: CanonicalField | undefined,
  known: MappedObject | undefined,
): MappingField {
  const described = known?.description?.fields.find((one) => one.name === field.remote);
  const steps = field.transform ?? [defaultTransform(canonical?.type ?? 'text')];
  return {
    local: field.local,
    localType: canonical?.type ?? 'text',
    remote: field.remote,
    remoteLabel: described?.label ?? null,
    remoteType: described?.type ?? null,
    direction: field.direction,
    owner: canonical?.owner ?? 'remote',
    transform: steps.map((step) => step.name).join(', '),
    options: steps.flatMap((step) => optionsText(step) ?? []).join('; ') || null,
    required: field.required ?? canonical?.required ?? false,
    optional: field.optional ?? false,
    example: exampleText(known?.example[field.remote]),
    present: known?.description ? described !== undefined : null,
  };
}

type Step = NonNullable<MappedField['transform']>[number];

function optionsText(step: Step): string | null {
  switch (step.name) {
    case 'equals':
      return `true when ${step.values.join(' or ')}`;
    case 'lookup':
      return Object.entries(step.map)
        .map(([theirs, ours]) => `${theirs} → ${ours}`)
        .join(', ');
    default: {
      const { name: _, ...options } = step;
      return (
        Object.entries(options)
          .map(
            ([option, value]) =>
              `${option}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
          )
          .join(', ') || null
      );
    }
  }
}

/** A value of the vendor's as a short text; null when it is empty. */
export function exampleText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
