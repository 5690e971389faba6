import type { CanonicalField, CanonicalKind, ExtraField, FieldType } from '#src/domain/record.ts';
import type { RemoteFieldShape } from '#mappings/engine/compiled-mapping.ts';
import { schemaField } from '#mappings/engine/field-schema.ts';
import { suggestion } from '#mappings/engine/check/findings.ts';
import type { Findings } from '#mappings/engine/check/findings.ts';
import { buildCombination } from '#mappings/engine/gathering.ts';
import type { Combination, SourceTypes } from '#mappings/engine/gathering.ts';
import type { MappedField, MappingPack } from './pack.ts';
import { isMisfit, pipeline } from '#mappings/engine/pipeline.ts';
import type { Pipeline } from '#mappings/engine/pipeline.ts';
import { defaultTransform } from '#mappings/engine/transform.ts';
import { buildRelated } from '#mappings/engine/related.ts';
import { refuse } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import type { ValueSpec } from '#mappings/engine/transform.ts';
import { isCombination } from '#mappings/engine/transforms/combination.ts';
import { asRemote } from '#mappings/engine/transforms/definition.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';

/** What a line is checked against. */
export interface Surroundings {
  readonly pack: MappingPack;
  readonly kind: CanonicalKind;
  readonly extra: readonly ExtraField[];
  readonly ours: Readonly<Record<string, CanonicalField>>;
  readonly remote: ReadonlyMap<string, RemoteFieldShape>;
  /** What combinations may take, by the side they take it from. */
  readonly sources: { readonly remote: SourceTypes; readonly ours: SourceTypes };
  /** Whether records are created by writing: nothing of the object is read. */
  readonly creates: boolean;
  readonly findings: Findings;
}

/** One line of the pack with both its ends found and its steps put together. */
export interface Line {
  readonly field: MappedField;
  /** `fields[3]` */
  readonly path: string;
  readonly canonical: CanonicalField;
  /** The remote field; null when several are read. */
  readonly target: RemoteFieldShape | null;
  readonly combination: Combination | null;
  readonly steps: Pipeline;
  /** What the steps are given while reading, and what the vendor takes while writing. */
  readonly reads: RemoteType;
}

/** Finds both ends of a line and puts its steps together; null with the reason noted. */
export function findLine(field: MappedField, index: number, around: Surroundings): Line | null {
  const path = `fields[${index}]`;
  const canonical = Object.hasOwn(around.ours, field.local) ? around.ours[field.local] : undefined;
  if (!canonical) {
    noSuchLocal(field, path, around);
    return null;
  }
  const combination = findCombination(field, path, around);
  if (combination === undefined) return null;
  const gathersRemote = combination !== null && field.direction === 'in';
  const target = around.remote.get(field.remote) ?? null;
  if (!target && !gathersRemote) {
    missingRemote(field, path, around);
    return null;
  }
  const reads = gathersRemote ? asRemote[combination.gives] : (target?.type ?? 'text');
  const steps = putTogether(field, path, combination?.gives ?? null, canonical.type, around.findings);
  return (
    steps && { field, path, canonical, target: gathersRemote ? null : target, combination, steps, reads }
  );
}

function noSuchLocal({ local }: MappedField, path: string, { kind, ours, findings }: Surroundings): void {
  const name = local.startsWith('extra.') ? local.slice('extra.'.length) : null;
  const otherwise = name === null ? undefined : `Declare "${name}" under extra, with a label and a type.`;
  const fix = suggestion(local, Object.keys(ours), `${kind} field`, otherwise);
  findings.problem(`${path}.local`, local, 'unknown_field', `${kind} has no field "${local}".`, fix);
}

function missingRemote(
  field: MappedField,
  path: string,
  { pack, remote, kind, findings }: Surroundings,
): void {
  const message = `${pack.object} has no field "${field.remote}", or the integration user may not see it.`;
  const meant = suggestion(field.remote, remote.keys(), 'remote field');
  const fix = schemaField(kind, field.local)
    ? `Install Fairway's fields on this connection. ${meant}`
    : meant;
  findings[field.optional ? 'warning' : 'problem'](
    `${path}.remote`,
    field.local,
    'remote_field_missing',
    message,
    fix,
  );
}

/** The line's combination, null when it has none, undefined when what it has does not fit. */
function findCombination(
  field: MappedField,
  path: string,
  { pack, sources, findings }: Surroundings,
): Combination | null | undefined {
  const specs = field.transform ?? [];
  const places = specs.flatMap((spec, index) => (isCombination(spec) ? [index] : []));
  const [place] = places;
  const spec = place === undefined ? undefined : specs[place];
  if (place === undefined || !spec || !isCombination(spec)) return null;
  const at = stepPath(path, field, place);
  const side = field.direction === 'out' ? 'ours' : 'remote';
  if (field.direction === 'both') {
    const message = `"${spec.name}" puts fields together and cannot be undone, so ${field.local} cannot go both ways.`;
    findings.problem(
      at,
      field.local,
      'one_way',
      message,
      'Set direction to "in" or "out"; write the other way with a line of its own.',
    );
    return undefined;
  }
  if (places.length > 1) {
    findings.problem(
      at,
      field.local,
      'steps_misplaced',
      'A line puts fields together once.',
      `Remove all but one of ${names(field)}.`,
    );
    return undefined;
  }
  if (place !== (side === 'remote' ? 0 : specs.length - 1)) {
    const end = side === 'remote' ? 'first' : 'last';
    const message = `"${spec.name}" takes ${side === 'remote' ? 'the CRM’s' : 'our'} fields, so it is the ${end} step of a line that ${side === 'remote' ? 'reads' : 'writes'}.`;
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
      : buildCombination(spec, side, sources[side]);
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
  return refuse(
    'one_way',
    '"related" only reads.',
    'Set direction to "in", or write what the CRM has of that record itself.',
  );
}

const names = ({ transform }: MappedField): string => (transform ?? []).map(({ name }) => name).join(', ');

/** `fields[3].transform`, or the step of a list. */
export function stepPath(path: string, { transform }: MappedField, index: number): string {
  return (transform?.length ?? 0) > 1 ? `${path}.transform[${index}]` : `${path}.transform`;
}

/**
 * The steps for single values. What is put together is read by the type of our field, and written by its own,
 * unless steps say otherwise.
 */
function putTogether(
  field: MappedField,
  path: string,
  gives: FieldType | null,
  type: FieldType,
  findings: Findings,
): Pipeline | null {
  const written = (field.transform ?? []).filter((spec): spec is ValueSpec => !isCombination(spec));
  const natural = defaultTransform(gives !== null && field.direction === 'out' ? gives : type);
  const specs = written.length > 0 ? written : [natural];
  const steps = pipeline(specs);
  if (!isMisfit(steps)) return steps;
  const step = specs[steps.index]?.name ?? '';
  const at = stepPath(path, field, field.transform?.findIndex(({ name }) => name === step) ?? 0);
  if (steps.gives === null) {
    const message = `"${step}" gives texts for some values and yes or no for others.`;
    findings.problem(
      at,
      field.local,
      'transform_unfit',
      message,
      `Let all values of "${step}" be ${type === 'boolean' ? 'true or false' : 'texts'}.`,
    );
  } else {
    const message = `"${step}" cannot take the ${steps.gives} that "${specs[steps.index - 1]?.name}" gives.`;
    findings.problem(
      at,
      field.local,
      'steps_misfit',
      message,
      `Remove "${step}", or put the steps in another order.`,
    );
  }
  return null;
}
