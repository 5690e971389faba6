import type { ObjectDescription, RemoteField } from '#connectors/contract/records.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';

export const driftChanges = [
  'renamed',
  'deleted',
  'type',
  'read_only',
  'shortened',
  'required',
  'value_retired',
  'value_added',
] as const;
export type DriftChange = (typeof driftChanges)[number];

/** One change of an object in the CRM and its effect on a mapping. */
export interface DriftFinding {
  readonly change: DriftChange;
  /** The vendor's name of the field, as in the mapping. */
  readonly remote: string;
  /** Fairway's fields that are mapped to it; empty when a field without a mapping became required. */
  readonly locals: readonly string[];
  /** The field's new name, when it was probably renamed. */
  readonly renamedTo: string | null;
  /** True when these fields are no longer synced. */
  readonly stopsSync: boolean;
  /** The change and its effect, in one or two sentences. */
  readonly message: string;
  readonly fix: string;
}

/** False for a value that was added, which does no harm. */
export function raisesAlert({ change }: DriftFinding): boolean {
  return change !== 'value_added';
}

/**
 * The changes of an object that affect a mapping.
 *
 * @param baseline the object's description when the mapping was first compared with it
 */
export function driftBetween(
  pack: MappingPack,
  baseline: ObjectDescription,
  now: ObjectDescription,
): readonly DriftFinding[] {
  const before = new Map(baseline.fields.map((field) => [field.name, field]));
  const after = new Map(now.fields.map((field) => [field.name, field]));
  const lines = Map.groupBy(pack.fields, (field) => field.remote);
  const mapped = [...lines].flatMap(([remote, mappedTo]) => {
    const was = before.get(remote);
    if (!was) return [];
    const is = after.get(remote);
    return is
      ? changesOf(pack, mappedTo, was, is)
      : [goneFrom(pack, mappedTo, was, renameOf(was, before, now))];
  });
  return [...mapped, ...newlyRequired(pack, lines, before, now)];
}

/** The only new field with the old field's type and label; null when there is none, or more than one. */
function renameOf(
  was: RemoteField,
  before: ReadonlyMap<string, RemoteField>,
  { fields }: ObjectDescription,
): string | null {
  const alike = fields.filter(
    ({ name, type, label }) =>
      !before.has(name) && type === was.type && label.trim().toLowerCase() === was.label.trim().toLowerCase(),
  );
  return alike.length === 1 ? (alike[0]?.name ?? null) : null;
}

function goneFrom(
  pack: MappingPack,
  lines: readonly MappedField[],
  was: RemoteField,
  renamedTo: string | null,
): DriftFinding {
  const change = renamedTo
    ? `${pack.object} no longer has the field ${was.name}. The new field ${renamedTo} has the same label, "${was.label}".`
    : `The field ${was.name} ("${was.label}") of ${pack.object} was deleted, or the integration user can no longer see it.`;
  const fix = renamedTo
    ? `Map ${namesOf(lines)} to ${renamedTo}.`
    : `Map ${namesOf(lines)} to another field, remove the line, or let the integration user see the field again.`;
  const message = `${change} ${effectOf(lines)}`;
  return finding(renamedTo ? 'renamed' : 'deleted', lines, {
    remote: was.name,
    renamedTo,
    stopsSync: true,
    message,
    fix,
  });
}

/** The effect of a field that can no longer be used. */
function effectOf(lines: readonly MappedField[]): string {
  const read = lines.filter(({ direction }) => direction !== 'out');
  const written = lines.filter(({ direction }) => direction !== 'in');
  const sentences: string[] = [];
  if (read.length > 0) {
    const ending = read.length > 1 ? 'keep their last values' : 'keeps its last value';
    sentences.push(`${namesOf(read)} ${isOrAre(read)} no longer read and ${ending}.`);
  }
  if (written.length > 0) sentences.push(`${namesOf(written)} ${isOrAre(written)} no longer written.`);
  sentences.push('All other fields are still synced.');
  return sentences.join(' ');
}

function changesOf(
  pack: MappingPack,
  lines: readonly MappedField[],
  was: RemoteField,
  is: RemoteField,
): readonly DriftFinding[] {
  const written = lines.filter(({ direction }) => direction !== 'in');
  const about = { remote: is.name, renamedTo: null };
  const found: DriftFinding[] = [];
  if (was.type !== is.type) {
    const message = `The type of ${is.name} of ${pack.object} has changed from ${was.type} to ${is.type}. Where ${namesOf(lines)} cannot be converted as before, only the other fields are synced.`;
    const fix = `Choose another transformation for ${namesOf(lines)}, or another field.`;
    found.push(finding('type', lines, { ...about, stopsSync: true, message, fix }));
  }
  if (written.length > 0 && was.updateable && !is.updateable) {
    const message = `The integration user can no longer edit ${is.name} of ${pack.object}. ${namesOf(written)} ${isOrAre(written)} no longer written; all other fields are still synced.`;
    const fix = `Let the integration user edit ${is.name}, or change the direction to read only.`;
    found.push(finding('read_only', written, { ...about, stopsSync: true, message, fix }));
  }
  if (written.length > 0 && is.length !== undefined && is.length < (was.length ?? Infinity)) {
    const before = was.length === undefined ? '' : ` instead of ${was.length}`;
    const message = `${is.name} of ${pack.object} now holds ${is.length} characters${before}. Longer values of ${namesOf(written)} are cut; longer codes are refused.`;
    const fix = `Restore the length of ${is.name}, or write a shorter value.`;
    found.push(finding('shortened', written, { ...about, stopsSync: false, message, fix }));
  }
  return [...found, ...valueChanges(pack, lines, was, is)];
}

function valueChanges(
  pack: MappingPack,
  lines: readonly MappedField[],
  was: RemoteField,
  is: RemoteField,
): readonly DriftFinding[] {
  if (!was.values || !is.values) return [];
  const before = new Set(was.values);
  const after = new Set(is.values);
  const retired = was.values.filter((value) => !after.has(value));
  const added = is.values.filter((value) => !before.has(value));
  const about = { remote: is.name, renamedTo: null, stopsSync: false };
  const found: DriftFinding[] = [];
  if (retired.length > 0) {
    const written = lines.filter(({ direction }) => direction !== 'in');
    const values = retired.length > 1 ? 'one of these values' : 'this value';
    const effect =
      written.length > 0
        ? ` Records that have ${values} in Fairway keep their current value in the CRM and are listed under Problems.`
        : '';
    const message = `${is.name} of ${pack.object} no longer offers ${quoted(retired)}.${effect}`;
    const fix = `Map ${quoted(retired)} to an offered value, or add ${retired.length > 1 ? 'them' : 'it'} to the picklist again.`;
    found.push(finding('value_retired', lines, { ...about, message, fix }));
  }
  if (added.length > 0) {
    const message = `${is.name} of ${pack.object} now offers ${quoted(added)}.`;
    const fix = `If ${namesOf(lines)} uses a list of values, add ${quoted(added)} to it.`;
    found.push(finding('value_added', lines, { ...about, message, fix }));
  }
  return found;
}

/**
 * An unmapped field counts only where Fairway creates the records: elsewhere people fill in what is required.
 */
function newlyRequired(
  pack: MappingPack,
  lines: ReadonlyMap<string, readonly MappedField[]>,
  before: ReadonlyMap<string, RemoteField>,
  { fields }: ObjectDescription,
): readonly DriftFinding[] {
  const createdByFairway = pack.fields.every(({ direction }) => direction === 'out');
  return fields.flatMap((field) => {
    const was = before.get(field.name);
    const mappedTo = lines.get(field.name) ?? [];
    const written = mappedTo.filter(({ direction }) => direction !== 'in');
    if (!field.required || was?.required || (written.length === 0 && !(createdByFairway && field.createable)))
      return [];
    const effect =
      written.length > 0
        ? `The CRM refuses the write when ${namesOf(written)} is empty in Fairway.`
        : 'Fairway writes no value to it, so the CRM refuses new records.';
    const message = `${field.name} of ${pack.object} is now required. ${effect}`;
    const fix =
      written.length > 0
        ? `Give every record a value for ${namesOf(written)}, or make the field optional in the CRM.`
        : `Map a field to ${field.name}.`;
    return [
      finding('required', written, { remote: field.name, renamedTo: null, stopsSync: false, message, fix }),
    ];
  });
}

function finding(
  change: DriftChange,
  lines: readonly MappedField[],
  rest: Omit<DriftFinding, 'change' | 'locals'>,
): DriftFinding {
  return { change, locals: lines.map(({ local }) => local), ...rest };
}

const namesOf = (lines: readonly MappedField[]): string => lines.map(({ local }) => local).join(' and ');
const isOrAre = (lines: readonly MappedField[]): string => (lines.length > 1 ? 'are' : 'is');
const quoted = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
