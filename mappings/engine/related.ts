import {
  canonicalFields,
  extraPrefix,
  fieldsOf,
  type CanonicalField,
  type CanonicalKind,
  type CanonicalValue,
} from '#src/domain/record.ts';
import type { CompiledMapping, Gathering, RelatedField, RemoteRecordFields } from './compiled-mapping.ts';
import { suggestion } from './check/findings.ts';
import type { Combination } from './gathering.ts';
import type { MappedField, MappingPack } from './pack/pack.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isCombination } from './transforms/combination.ts';

/**
 * Builds a lookup by reference: it reads a field of the record that this one refers to. The vendor gives only
 * an id, so another line must read a reference from the same remote field; that line shows the kind of the
 * referenced record. A lookup follows one reference only. References between kinds form no cycle, so lookups
 * do not either.
 */
export function buildRelated(
  { remote }: MappedField,
  field: string,
  pack: MappingPack,
): Combination | Refusal {
  const ours: Readonly<Record<string, CanonicalField>> = canonicalFields[pack.kind];
  const referenceLine = pack.fields.find(
    (line) => line.remote === remote && line.direction !== 'out' && ours[line.local]?.to !== undefined,
  );
  const kind = referenceLine && ours[referenceLine.local]?.to;
  if (!kind) return missingReference(remote, pack.kind, ours);
  const type = typeOf(kind, field);
  if (typeof type !== 'string') return type;
  return {
    name: 'related',
    sources: [remote],
    gives: type,
    combine: ([value = null]) => value,
    related: { remote, kind, field },
  };
}

function missingReference(
  remote: string,
  kind: CanonicalKind,
  ours: Readonly<Record<string, CanonicalField>>,
): Refusal {
  const [reference] = Object.entries(ours).flatMap(([name, { to }]) => (to === undefined ? [] : [name]));
  const fix = reference
    ? `Add a line that reads the reference: {local: ${reference}, remote: ${remote}, direction: in}.`
    : `Remove "related": ${kind} records have no references.`;
  return refuse(
    'related_unanchored',
    `"related" reads a field of the record that ${remote} refers to, but no line reads that reference.`,
    fix,
  );
}

/**
 * The type of a field of the referenced record. A custom field counts as text, because another mapping
 * declares it.
 */
function typeOf(kind: CanonicalKind, field: string): CanonicalField['type'] | Refusal {
  if (field.startsWith(extraPrefix)) return 'text';
  const declared = fieldsOf(kind);
  const found = Object.hasOwn(declared, field) ? declared[field] : undefined;
  if (!found)
    return refuse(
      'unknown_source',
      `${kind} has no field "${field}".`,
      suggestion(field, Object.keys(declared), `${kind} field`),
    );
  if (found.type === 'reference')
    return refuse(
      'related_too_far',
      `${field} of ${kind} refers to another record, and "related" cannot follow a second reference.`,
      'Choose another field.',
    );
  if (found.owner === 'remote') return found.type;
  return refuse(
    'related_decided',
    `${field} of ${kind} is decided by Fairway and is not read from the CRM.`,
    'Write it to the CRM with a line of direction "out".',
  );
}

/** The name under which a looked-up value is added to the fields of a record. No vendor uses such a name. */
export const relatedKey = ({ remote, field }: Pick<RelatedField, 'remote' | 'field'>): string =>
  `${remote} → ${field}`;

export function gatherRelated(
  { name, sources }: Combination,
  related: RelatedField,
): Gathering<RemoteRecordFields, CanonicalValue> {
  const key = relatedKey(related);
  const gather = (record: RemoteRecordFields): CanonicalValue | Refusal => {
    const found = record[key];
    if (found !== undefined) return found as CanonicalValue;
    const fix = `No action needed: the value follows when that ${related.kind} has been read.`;
    return refuse(
      'related_unknown',
      `The ${related.kind} that ${related.remote} refers to has not been read yet.`,
      fix,
    );
  };
  return { name, sources, gather, related };
}

/** The fields that a mapping looks up in other records. */
export function relatedFields({ inbound }: CompiledMapping): readonly RelatedField[] {
  return inbound.flatMap(({ gathering }) => gathering?.related ?? []);
}

/** Splits a mapping into its lines with a lookup and its other lines. */
export function splitRelated(mapping: CompiledMapping): {
  readonly plain: CompiledMapping;
  readonly lookups: CompiledMapping;
} {
  const { filter: _, ...unfiltered } = mapping;
  const hasLookup = ({ gathering }: CompiledMapping['inbound'][number]): boolean =>
    gathering?.related !== undefined;
  return {
    plain: { ...mapping, inbound: mapping.inbound.filter((line) => !hasLookup(line)) },
    lookups: { ...unfiltered, inbound: mapping.inbound.filter(hasLookup) },
  };
}

/** The lines of a pack with a lookup: index, line and looked-up field. */
export function relatedLines({ fields }: Pick<MappingPack, 'fields'>): readonly {
  readonly index: number;
  readonly line: MappedField;
  readonly field: string;
}[] {
  return fields.flatMap((line, index) => {
    const spec = line.transform?.find((one) => isCombination(one) && one.name === 'related');
    return spec?.name === 'related' ? [{ index, line, field: spec.field }] : [];
  });
}
