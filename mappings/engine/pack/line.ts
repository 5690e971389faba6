import type { CanonicalField, CanonicalKind, ExtraField, FieldType } from '#src/domain/record.ts';
import type { RecordTypeShapes, RemoteFieldShape } from '#mappings/engine/compiled-mapping.ts';
import { schemaField } from '#mappings/engine/field-schema.ts';
import { suggestion } from '#mappings/engine/check/findings.ts';
import type { Findings } from '#mappings/engine/check/findings.ts';
import { buildCombination } from '#mappings/engine/gathering.ts';
import type { Combination, SourceTypes } from '#mappings/engine/gathering.ts';
import type { MappedField, MappingPack } from './pack.ts';
import { isMismatch, pipeline } from '#mappings/engine/pipeline.ts';
import type { Pipeline } from '#mappings/engine/pipeline.ts';
import { defaultTransform } from '#mappings/engine/transform.ts';
import { buildRelated } from '#mappings/engine/related.ts';
import { refuse } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import type { ValueSpec } from '#mappings/engine/transform.ts';
import { isCombination } from '#mappings/engine/transforms/combination.ts';
import { asRemote } from '#mappings/engine/transforms/definition.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';

/** The pack and the org that a line is checked against. */
export interface PackContext {
  readonly pack: MappingPack;
  readonly kind: CanonicalKind;
  readonly extra: readonly ExtraField[];
  readonly ours: Readonly<Record<string, CanonicalField>>;
  readonly remote: ReadonlyMap<string, RemoteFieldShape>;
  /** The account's time zone, in which an instant is a day. Null: UTC. */
  readonly timeZone: string | null;
  /** Null when all records may have the same values. */
  readonly recordTypes: RecordTypeShapes | null;
  /** The fields that combinations may use, per side. */
  readonly sources: { readonly remote: SourceTypes; readonly ours: SourceTypes };
  /** True if no field is read, so that Fairway creates the records by writing. */
  readonly creates: boolean;
  readonly findings: Findings;
}

/** One line of the pack with its two fields resolved and its steps combined. */
export interface Line {
  readonly field: MappedField;
  /** `fields[3]` */
  readonly path: string;
  readonly canonical: CanonicalField;
  /** The remote field. Null if several remote fields are read. */
  readonly target: RemoteFieldShape | null;
  readonly combination: Combination | null;
  readonly steps: Pipeline;
  /** The type that the steps receive when reading. */
  readonly reads: RemoteType;
}

/**
 * Resolves the fields of a line and combines its steps. Null if that fails; the problem is added to the
 * findings.
 */
export function resolveLine(field: MappedField, index: number, context: PackContext): Line | null {
  const path = `fields[${index}]`;
  const canonical = Object.hasOwn(context.ours, field.local) ? context.ours[field.local] : undefined;
  if (!canonical) {
    noSuchLocal(field, path, context);
    return null;
  }
  const combination = findCombination(field, path, context);
  if (combination === undefined) return null;
  const gathersRemote = combination !== null && field.direction === 'in';
  const target = context.remote.get(field.remote) ?? null;
  if (!target && !gathersRemote) {
    missingRemote(field, path, context);
    return null;
  }
  const reads = gathersRemote ? asRemote[combination.gives] : (target?.type ?? 'text');
  const given = { gives: combination?.gives ?? null, type: canonical.type, reads };
  const steps = combineSteps(field, path, given, context);
  return (
    steps && { field, path, canonical, target: gathersRemote ? null : target, combination, steps, reads }
  );
}

function noSuchLocal({ local }: MappedField, path: string, { kind, ours, findings }: PackContext): void {
  const name = local.startsWith('extra.') ? local.slice('extra.'.length) : null;
  const otherwise = name === null ? undefined : `Declare "${name}" under extra, with a label and a type.`;
  const fix = suggestion(local, Object.keys(ours), `${kind} field`, otherwise);
  findings.problem(`${path}.local`, local, 'unknown_field', `${kind} has no field "${local}".`, fix);
}

function missingRemote(
  field: MappedField,
  path: string,
  { pack, remote, kind, findings }: PackContext,
): void {
  const message = `${pack.object} has no field "${field.remote}", or the integration user cannot see it.`;
  const correction = suggestion(field.remote, remote.keys(), 'remote field');
  const fix = schemaField(kind, field.local)
    ? `Install Fairway's fields on this connection. ${correction}`
    : correction;
  findings[field.optional ? 'warning' : 'problem'](
    `${path}.remote`,
    field.local,
    'remote_field_missing',
    message,
    fix,
  );
}

/** The line's combination. Null if it has none; undefined if it is not valid. */
function findCombination(
  field: MappedField,
  path: string,
  { pack, sources, findings }: PackContext,
): Combination | null | undefined {
  const specs = field.transform ?? [];
  const places = specs.flatMap((spec, index) => (isCombination(spec) ? [index] : []));
  const [place] = places;
  const spec = place === undefined ? undefined : specs[place];
  if (place === undefined || !spec || !isCombination(spec)) return null;
  const at = stepPath(path, field, place);
  const side = field.direction === 'out' ? 'ours' : 'remote';
  if (field.direction === 'both') {
    const message = `"${spec.name}" combines fields and cannot be reversed, so ${field.local} cannot have direction "both".`;
    findings.problem(
      at,
      field.local,
      'one_way',
      message,
      'Set direction to "in" or "out", and add a separate line for the other direction.',
    );
    return undefined;
  }
  if (places.length > 1) {
    findings.problem(
      at,
      field.local,
      'steps_misplaced',
      'A line can combine fields only once.',
      `Remove all but one of ${names(field)}.`,
    );
    return undefined;
  }
  if (place !== (side === 'remote' ? 0 : specs.length - 1)) {
    const end = side === 'remote' ? 'first' : 'last';
    const message = `"${spec.name}" uses ${side === 'remote' ? 'the CRM’s' : 'our'} fields, so it must be the ${end} step of a line that ${side === 'remote' ? 'reads' : 'writes'}.`;
    findings.problem(
      at,
      field.local,
      'steps_misplaced',
      message,
      `Move "${spec.name}" to the ${end === 'first' ? 'beginning' : 'end'} of the list.`,
    );
    return undefined;
  }
  const built =
    spec.name === 'related'
      ? findRelated(field, spec.field, side, pack)
      : buildCombination(spec, side, sources[side], field.optional);
  if (!('code' in built)) return built;
  findings.problem(at, field.local, built.code, built.message, built.fix);
  return undefined;
}

function findRelated(
  field: MappedField,
  name: string,
  side: 'ours' | 'remote',
  pack: MappingPack,
): Combination | Refusal {
  if (side === 'remote') return buildRelated(field, name, pack);
  return refuse('one_way', '"related" can only read.', 'Set direction to "in".');
}

const names = ({ transform }: MappedField): string => (transform ?? []).map(({ name }) => name).join(', ');

/** The path of a step: `fields[3].transform`, or `fields[3].transform[1]` in a list. */
export function stepPath(path: string, { transform }: MappedField, index: number): string {
  return (transform?.length ?? 0) > 1 ? `${path}.transform[${index}]` : `${path}.transform`;
}

/** The types that decide the steps of a line without any. */
interface Given {
  /** The type of the combination. Null if there is none. */
  readonly gives: FieldType | null;
  readonly type: FieldType;
  readonly reads: RemoteType;
}

/** A deal that is closed on a day in the account is closed on that day here, wherever the account is. */
const inZone = (spec: ValueSpec, zone: string): ValueSpec =>
  spec.name === 'date' && !spec.format && !spec.zone ? { ...spec, zone } : spec;

/**
 * Combines the steps for single values. Without steps, the type of the canonical field decides, or the type
 * of the combination when writing.
 */
function combineSteps(
  field: MappedField,
  path: string,
  { gives, type, reads }: Given,
  { findings, timeZone }: PackContext,
): Pipeline | null {
  const written = (field.transform ?? []).filter((spec): spec is ValueSpec => !isCombination(spec));
  const natural = defaultTransform(gives !== null && field.direction === 'out' ? gives : type);
  const unplaced = written.length > 0 ? written : [natural];
  const isDayOfInstant = field.direction === 'in' && reads === 'datetime' && timeZone !== null;
  const specs = isDayOfInstant ? unplaced.map((spec) => inZone(spec, timeZone)) : unplaced;
  const steps = pipeline(specs);
  if (!isMismatch(steps)) return steps;
  const step = specs[steps.index]?.name ?? '';
  const at = stepPath(path, field, field.transform?.findIndex(({ name }) => name === step) ?? 0);
  if (steps.gives === null) {
    const message = `"${step}" returns texts for some values and true or false for others.`;
    findings.problem(
      at,
      field.local,
      'transform_unfit',
      message,
      `Use only ${type === 'boolean' ? 'true and false' : 'texts'} as values of "${step}".`,
    );
  } else {
    const message = `"${step}" cannot use the ${steps.gives} that "${specs[steps.index - 1]?.name}" returns.`;
    findings.problem(
      at,
      field.local,
      'steps_misfit',
      message,
      `Remove "${step}", or change the order of the steps.`,
    );
  }
  return null;
}
