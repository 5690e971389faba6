import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { defaultTransform } from '#mappings/engine/transform.ts';
import type { MappedObject } from '#src/db/mappings/mapping-view.ts';
import { type CanonicalField, fieldsOf } from '#src/domain/record.ts';
import { remoteValueText } from '#src/http/remote-value-text.ts';
import type { MappingField } from './schema.ts';

/**
 * The fields of a shipped mapping.
 * @param known the object of a connection that uses it, for labels and examples
 */
export function shippedMappingAnswer(pack: MappingPack, known: MappedObject | undefined) {
  const { object, kind, version } = pack;
  const canonical = fieldsOf(kind, pack.extra);
  return {
    object,
    kind,
    version,
    fields: pack.fields.map((field) => fieldAnswer(field, canonical[field.local], known)),
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
    example: remoteValueText(known?.example[field.remote]),
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
      const texts = Object.entries(options).map(([option, value]) => `${option}: ${optionText(value)}`);
      return texts.join(', ') || null;
    }
  }
}

function optionText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
