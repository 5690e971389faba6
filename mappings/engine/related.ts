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
 * Lookup by reference: a field of the record that this one points at. What the vendor shows is only an id, so
 * the line needs one beside it that reads a reference of ours from the same field; from that it is known
 * which kind of record is meant. It goes one record far, and the references between kinds form no circle, so
 * neither can a lookup.
 */
export function buildRelated(
  { remote }: MappedField,
  field: string,
  pack: MappingPack,
): Combination | Refusal {
  const ours: Readonly<Record<string, CanonicalField>> = canonicalFields[pack.kind];
  const anchor = pack.fields.find(
    (line) => line.remote === remote && line.direction !== 'out' && ours[line.local]?.to !== undefined,
  );
  const kind = anchor && ours[anchor.local]?.to;
  if (!kind) return unanchored(remote, pack.kind, ours);
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

function unanchored(
  remote: string,
  kind: CanonicalKind,
  ours: Readonly<Record<string, CanonicalField>>,
): Refusal {
  const [reference] = Object.entries(ours).flatMap(([name, { to }]) => (to === undefined ? [] : [name]));
  const fix = reference
    ? `Add a line that reads a reference from it, as {local: ${reference}, remote: ${remote}, direction: in}.`
    : `Records of ${kind} refer to no others: remove "related".`;
  return refuse(
    'related_unanchored',
    `"related" takes a field of the record that ${remote} points at, and no line says what that is.`,
    fix,
  );
}

/**
 * What a field of the record pointed at holds. A customer's own comes as text: it is declared in another
 * mapping.
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
      `${field} of ${kind} refers to another record, and "related" goes one record far.`,
      'Take another field.',
    );
  if (found.owner === 'remote') return found.type;
  return refuse(
    'related_decided',
    `${field} of ${kind} is what Fairway decides, and is not read.`,
    'Write it to the CRM with a line of direction "out".',
  );
}

/** Where what was looked up stands among a record's fields. No vendor's field is called so. */
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
    const fix = `It is taken over once that ${related.kind} has been read.`;
    return refuse(
      'related_unknown',
      `The ${related.kind} that ${related.remote} points at is not known here yet.`,
      fix,
    );
  };
  return { name, sources, gather, related };
}

/** What a mapping looks up in other records. */
export function relatedFields({ inbound }: CompiledMapping): readonly RelatedField[] {
  return inbound.flatMap(({ gathering }) => gathering?.related ?? []);
}

/** The lines of a mapping that look up, and the rest, each as a mapping. */
export function splitRelated(mapping: CompiledMapping): {
  readonly plain: CompiledMapping;
  readonly looking: CompiledMapping;
} {
  const { filter: _, ...unfiltered } = mapping;
  const looks = ({ gathering }: CompiledMapping['inbound'][number]): boolean =>
    gathering?.related !== undefined;
  return {
    plain: { ...mapping, inbound: mapping.inbound.filter((line) => !looks(line)) },
    looking: { ...unfiltered, inbound: mapping.inbound.filter(looks) },
  };
}

/** The lines of a pack that look up in records of a kind: their place, and the field. */
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
