import type { MappedField, MappingPack } from './pack.ts';
import { stepWords } from './step-words.ts';

/** What one change to a mapping means, for somebody who is to approve it. */
export interface DifferenceLine {
  readonly change: 'added' | 'removed' | 'changed';
  /** Our field; null for what concerns the whole mapping. */
  readonly local: string | null;
  readonly remote: string | null;
  /** One plain sentence. */
  readonly says: string;
}

export interface Difference {
  readonly lines: readonly DifferenceLine[];
}

/**
 * What a new version of a mapping changes, in plain sentences. Lines are told apart by our field and whether
 * it is read or written, so a field that is mapped to another one of theirs is one change; order does not
 * matter.
 *
 * @param before null: there was none
 */
export function differenceOf(before: MappingPack | null, after: MappingPack): Difference {
  const old = new Map((before?.fields ?? []).map((field) => [keyOf(field, before), field]));
  const kept = new Set<string>();
  const lines = after.fields.flatMap((field): DifferenceLine[] => {
    const key = keyOf(field, after);
    const was = old.get(key) ?? oneOf(before?.fields ?? [], after.fields, field);
    if (was) kept.add(keyOf(was, before));
    if (!was)
      return [{ change: 'added', local: field.local, remote: field.remote, says: `${sentence(field)}.` }];
    return changesOf(was, field).map((says) => ({
      change: 'changed',
      local: field.local,
      remote: field.remote,
      says,
    }));
  });
  const gone = (before?.fields ?? []).filter((field) => !kept.has(keyOf(field, before)));
  return { lines: [...wholeOf(before, after), ...lines, ...gone.map(removed)] };
}

/** Several lines may write one field of ours, so what is written to takes part in the name when there are. */
function keyOf(field: MappedField, pack: MappingPack | null): string {
  const twins =
    pack?.fields.filter(({ local, direction }) => local === field.local && direction === field.direction) ??
    [];
  return twins.length > 1
    ? `${field.local} ${field.direction} ${field.remote}`
    : `${field.local} ${field.direction}`;
}

/** The one line a field had and has, whatever its direction. */
function oneOf(
  before: readonly MappedField[],
  after: readonly MappedField[],
  { local }: MappedField,
): MappedField | null {
  const [was, ...others] = before.filter((field) => field.local === local);
  return was && others.length === 0 && after.filter((field) => field.local === local).length === 1
    ? was
    : null;
}

const ways = { in: 'is read from', out: 'is written to', both: 'goes both ways with' } as const;

function sentence(field: MappedField): string {
  const steps = field.transform ? `, as ${stepsWords(field)}` : '';
  const fallback = field.default === undefined ? '' : `; when that is blank, it is ${quoted(field.default)}`;
  return `${field.local} ${ways[field.direction]} ${field.remote}${steps}${fallback}`;
}

const stepsWords = ({ transform }: MappedField): string =>
  (transform ?? []).map(stepWords).join(', then ') || 'it stands';
const quoted = (value: unknown): string => JSON.stringify(value);

function removed(field: MappedField): DifferenceLine {
  const effect = {
    in: `is no longer read from ${field.remote}; what was read stays`,
    out: `is no longer written to ${field.remote}; what was written stays there`,
    both: `no longer goes both ways with ${field.remote}; both sides keep what they have`,
  }[field.direction];
  return { change: 'removed', local: field.local, remote: field.remote, says: `${field.local} ${effect}.` };
}

const winners = {
  crm: 'the CRM wins',
  fairway: 'Fairway wins',
  latest: 'the later change wins',
  crm_unless_blank: 'the CRM wins unless it is blank',
  ask: 'a person is asked',
} as const;

/** A sentence for each thing that is otherwise between two versions of a line. */
function changesOf(was: MappedField, is: MappedField): string[] {
  const { local } = is;
  const says: string[] = [];
  if (was.direction !== is.direction)
    says.push(`${local} ${ways[is.direction]} ${is.remote}; it ${past[was.direction]} ${was.remote}.`);
  else if (was.remote !== is.remote)
    says.push(`${local} ${ways[is.direction]} ${is.remote} instead of ${was.remote}.`);
  if (!same(was.transform, is.transform)) {
    says.push(`${local} is now carried over as ${stepsWords(is)}; before, as ${stepsWords(was)}.`);
  }
  if (is.direction === 'both' && was.direction === 'both' && (was.policy ?? 'crm') !== (is.policy ?? 'crm')) {
    says.push(
      `When both sides changed ${local}, ${winners[is.policy ?? 'crm']}; before, ${winners[was.policy ?? 'crm']}.`,
    );
  }
  if (was.default !== is.default) says.push(defaultChange(was, is));
  if ((was.required ?? false) !== (is.required ?? false)) {
    const verb = is.direction === 'out' ? 'written' : 'placed';
    says.push(
      is.required
        ? `Records without ${local} are no longer ${verb}.`
        : `Records without ${local} are ${verb}, too.`,
    );
  }
  if ((was.optional ?? false) !== (is.optional ?? false)) {
    says.push(
      is.optional
        ? `If the CRM lacks ${is.remote}, ${local} is left out.`
        : `If the CRM lacks ${is.remote}, the mapping does not fit.`,
    );
  }
  if ((was.lossy ?? false) !== (is.lossy ?? false)) {
    says.push(
      is.lossy ? `${local} may change on its way there and back.` : `${local} has to come back as it went.`,
    );
  }
  return says;
}

const past = { in: 'was read from', out: 'was written to', both: 'went both ways with' } as const;

function defaultChange({ default: was }: MappedField, { local, remote, default: is }: MappedField): string {
  if (is === undefined)
    return `When ${remote} is blank, ${local} stays blank; before, it was ${quoted(was)}.`;
  return `When ${remote} is blank, ${local} is ${quoted(is)}${was === undefined ? '' : `; before, it was ${quoted(was)}`}.`;
}

const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b);

/** What is stored comes back with its settings in another order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What is otherwise about the mapping as a whole. */
function wholeOf(before: MappingPack | null, after: MappingPack): DifferenceLine[] {
  const says: string[] = [];
  if (before && before.object !== after.object)
    says.push(`${after.kind} records are those of ${after.object} instead of ${before.object}.`);
  if ((before?.enabled ?? true) !== (after.enabled ?? true)) {
    says.push(
      after.enabled === false
        ? `${after.object} is neither read nor written.`
        : `${after.object} is read and written.`,
    );
  }
  if (before?.filter !== after.filter) says.push(filterChange(before?.filter, after));
  if (!same(before?.match, after.match)) {
    const fields = after.match?.join(', then ');
    says.push(
      fields
        ? `New records of ${after.object} are matched by ${fields}.`
        : `New records of ${after.object} are matched by no field.`,
    );
  }
  const whole: DifferenceLine[] = says.map((sentenceOf) => ({
    change: before ? 'changed' : 'added',
    local: null,
    remote: null,
    says: sentenceOf,
  }));
  return [...whole, ...extrasOf(before, after)];
}

function filterChange(was: string | undefined, { filter, object }: MappingPack): string {
  if (filter === undefined) return `All records of ${object} are taken; before, only those for which ${was}.`;
  return `Only records of ${object} are taken for which ${filter}${was === undefined ? '' : `; before, those for which ${was}`}. The others are treated as gone.`;
}

function extrasOf(before: MappingPack | null, after: MappingPack): DifferenceLine[] {
  const old = new Map((before?.extra ?? []).map((field) => [field.name, field]));
  const line = (change: DifferenceLine['change'], name: string, says: string): DifferenceLine => ({
    change,
    local: `extra.${name}`,
    remote: null,
    says,
  });
  const now = (after.extra ?? []).flatMap((field): DifferenceLine[] => {
    const was = old.get(field.name);
    old.delete(field.name);
    if (!was)
      return [
        line('added', field.name, `${after.kind} has a field of your own, "${field.label}" (${field.type}).`),
      ];
    if (same(was, field)) return [];
    const values = field.values ? `, one of ${field.values.join(', ')}` : '';
    return [
      line(
        'changed',
        field.name,
        `Your own field "${was.label}" (${was.type}) is now "${field.label}" (${field.type}${values}).`,
      ),
    ];
  });
  return [
    ...now,
    ...[...old.values()].map((field) =>
      line(
        'removed',
        field.name,
        `Your own field "${field.label}" is no longer declared; what it holds stays stored.`,
      ),
    ),
  ];
}
