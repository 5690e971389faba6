import type { ObjectDescription, RemoteField } from '#connectors/contract/crm.ts';
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

/** One thing that changed at the vendor's, and what it does to a mapping. */
export interface DriftFinding {
  readonly change: DriftChange;
  /** The vendor's field, as the mapping names it. */
  readonly remote: string;
  /** Our fields that are mapped to it; empty for a field that became required and is mapped to nothing. */
  readonly locals: readonly string[];
  /** What the field is called now, as far as can be told. */
  readonly renamedTo: string | null;
  /** Whether these fields do not flow any more. */
  readonly stops: boolean;
  /** What happened and what follows, in one or two sentences. */
  readonly says: string;
  readonly fix: string;
}

/** Whether somebody should hear of it: a value that was added does no harm. */
export function isTrouble({ change }: DriftFinding): boolean {
  return change !== 'value_added';
}

/**
 * How an object has changed since a mapping was first held against it, as far as the mapping is concerned.
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

/** A field that is new, of the same type, and called what the old one was called. */
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
  const what = renamedTo
    ? `${was.name} of ${pack.object} is gone, and ${renamedTo} is called "${was.label}" as it was.`
    : `${was.name} ("${was.label}") is gone from ${pack.object}, or the integration user may not see it any more.`;
  const fix = renamedTo
    ? `Map ${namesOf(lines)} to ${renamedTo}.`
    : `Map ${namesOf(lines)} to another field, remove the line, or give the field back to the integration user.`;
  return finding(renamedTo ? 'renamed' : 'deleted', lines, {
    remote: was.name,
    renamedTo,
    stops: true,
    says: `${what} ${effectOf(lines)}`,
    fix,
  });
}

/** What follows from a field that cannot be used. */
function effectOf(lines: readonly MappedField[]): string {
  const read = lines.filter(({ direction }) => direction !== 'out');
  const written = lines.filter(({ direction }) => direction !== 'in');
  return [
    read.length > 0
      ? `${namesOf(read)} ${isOrAre(read)} no longer read and ${read.length > 1 ? 'stay' : 'stays'} as last read.`
      : '',
    written.length > 0 ? `${namesOf(written)} ${isOrAre(written)} no longer written.` : '',
    'All other fields go on.',
  ]
    .filter((part) => part !== '')
    .join(' ');
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
    const says = `${is.name} of ${pack.object} was a ${was.type} field and is a ${is.type} field now. Where ${namesOf(lines)} cannot be carried over as before, other fields go on without.`;
    found.push(
      finding('type', lines, {
        ...about,
        stops: true,
        says,
        fix: `Choose how ${namesOf(lines)} is to be converted, or another field.`,
      }),
    );
  }
  if (written.length > 0 && was.updateable && !is.updateable) {
    const says = `The integration user may not change ${is.name} of ${pack.object} any more. ${namesOf(written)} ${isOrAre(written)} no longer written; all other fields go on.`;
    const fix = `Let the integration user edit ${is.name}, or read it only.`;
    found.push(finding('read_only', written, { ...about, stops: true, says, fix }));
  }
  if (written.length > 0 && is.length !== undefined && is.length < (was.length ?? Infinity)) {
    const says = `${is.name} of ${pack.object} holds ${is.length} characters now${was.length === undefined ? '' : ` instead of ${was.length}`}. Longer values of ${namesOf(written)} are cut, or codes refused.`;
    found.push(
      finding('shortened', written, {
        ...about,
        stops: false,
        says,
        fix: `Give ${is.name} its length back, or write something shorter.`,
      }),
    );
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
  const [before, after] = [new Set(was.values), new Set(is.values)];
  const retired = was.values.filter((value) => !after.has(value));
  const added = is.values.filter((value) => !before.has(value));
  const about = { remote: is.name, renamedTo: null, stops: false };
  const found: DriftFinding[] = [];
  if (retired.length > 0) {
    const written = lines.filter(({ direction }) => direction !== 'in');
    const effect =
      written.length > 0
        ? ` Records for which Fairway has ${retired.length > 1 ? 'one of these' : 'it'} keep what they hold, and are listed.`
        : '';
    const says = `${is.name} of ${pack.object} does not offer ${quoted(retired)} any more.${effect}`;
    found.push(
      finding('value_retired', lines, {
        ...about,
        says,
        fix: `Map ${quoted(retired)} to a value that is offered, or offer it again.`,
      }),
    );
  }
  if (added.length > 0) {
    const says = `${is.name} of ${pack.object} offers ${quoted(added)} now.`;
    const fix = `If ${namesOf(lines)} goes by a list of values, say what ${quoted(added)} ${added.length > 1 ? 'mean' : 'means'}.`;
    found.push(finding('value_added', lines, { ...about, says, fix }));
  }
  return found;
}

/** Only of what Fairway makes: where people make the records, they fill in what is required. */
function newlyRequired(
  pack: MappingPack,
  lines: ReadonlyMap<string, readonly MappedField[]>,
  before: ReadonlyMap<string, RemoteField>,
  { fields }: ObjectDescription,
): readonly DriftFinding[] {
  const makes = pack.fields.every(({ direction }) => direction === 'out');
  return fields.flatMap((field) => {
    const was = before.get(field.name);
    const mappedTo = lines.get(field.name) ?? [];
    const written = mappedTo.filter(({ direction }) => direction !== 'in');
    if (!field.required || was?.required || (written.length === 0 && !(makes && field.createable))) return [];
    const effect =
      written.length > 0
        ? `It can no longer be emptied: where ${namesOf(written)} is empty here, the CRM refuses the write.`
        : 'Fairway writes nothing to it, so the CRM refuses new records.';
    const says = `${field.name} of ${pack.object} is required now. ${effect}`;
    const fix =
      written.length > 0
        ? `Give ${namesOf(written)} a value everywhere, or make the field optional.`
        : `Map a field to ${field.name}.`;
    return [finding('required', written, { remote: field.name, renamedTo: null, stops: false, says, fix })];
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
