import type { z } from 'zod';
import type { MappingPack } from '#mappings/engine/pack.ts';
import type { CrmRecord } from '#src/db/write-back-view.ts';
import { type CanonicalValues, fieldsOf } from '#src/domain/record.ts';
import type { registrationDetail } from './schema.ts';

interface EditableInput {
  /** Where the registration is. */
  readonly places: readonly CrmRecord[];
  readonly values: CanonicalValues;
  /** Fields on which a person is asked. */
  readonly asked: ReadonlySet<string>;
}

/** What the mappings of the CRMs that hold a registration say may be changed on either side. A field of two CRMs comes once. */
export function editableFields(
  packs: readonly MappingPack[],
  { places, values, asked }: EditableInput,
): z.infer<typeof registrationDetail>['editable'] {
  const known = fieldsOf('registration');
  const fields = places.flatMap((place) => {
    const pack = packs.find((one) => one.system === place.connectionKind && one.object === place.object && one.kind === 'registration');
    const twoWay = pack?.fields.filter((field) => field.direction === 'both') ?? [];
    return twoWay.map(({ local, policy, required }) => ({
      field: local,
      type: known[local]?.type ?? 'text',
      required: required ?? known[local]?.required ?? false,
      value: values[local] ?? null,
      policy: policy ?? 'crm',
      connection: place.connectionName,
      asked: asked.has(local),
    }));
  });
  return [...new Map(fields.map((field) => [field.field, field])).values()];
}
