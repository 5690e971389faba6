import type { MappedField, MappingPack } from './pack.ts';
import { describeStep } from './describe-step.ts';

/** The meaning of one change to a mapping, for the person who approves it. */
export interface DifferenceLine {
  readonly change: 'added' | 'removed' | 'changed';
  /** The canonical field. Null for a change of the whole mapping. */
  readonly local: string | null;
  readonly remote: string | null;
  /** One plain sentence. */
  readonly message: string;
}

export interface Difference {
  readonly lines: readonly DifferenceLine[];
}

/**
 * Describes the changes of a new version of a mapping in sentences. Lines are identified by the canonical
 * field and the direction, so mapping a field to another remote field is one change. The order of lines does
 * not matter.
 *
 * @param before null if there was no version before
 */
export function differenceOf(before: MappingPack | null, after: MappingPack): Difference {
  const old = new Map((before?.fields ?? []).map((field) => [keyOf(field, before), field]));
  const matched = new Set<string>();
  const lines = after.fields.flatMap((field): DifferenceLine[] => {
    const key = keyOf(field, after);
    const was = old.get(key) ?? onlyLineOf(before?.fields ?? [], after.fields, field);
    if (was) matched.add(keyOf(was, before));
    if (!was)
      return [{ change: 'added', local: field.local, remote: field.remote, message: `${sentence(field)}.` }];
    return changesOf(was, field).map((message) => ({
      change: 'changed',
      local: field.local,
      remote: field.remote,
      message,
    }));
  });
  const removedFields = (before?.fields ?? []).filter((field) => !matched.has(keyOf(field, before)));
  return { lines: [...wholeOf(before, after), ...lines, ...removedFields.map(removed)] };
}

/** Several lines may write the same canonical field. Then the remote field is part of the key. */
function keyOf(field: MappedField, pack: MappingPack | null): string {
  const similar =
    pack?.fields.filter(({ local, direction }) => local === field.local && direction === field.direction) ??
    [];
  return similar.length > 1
    ? `${field.local} ${field.direction} ${field.remote}`
    : `${field.local} ${field.direction}`;
}

/** The previous line of a field that has exactly one line before and after, with any direction. */
function onlyLineOf(
  before: readonly MappedField[],
  after: readonly MappedField[],
  { local }: MappedField,
): MappedField | null {
  const [was, ...others] = before.filter((field) => field.local === local);
  return was && others.length === 0 && after.filter((field) => field.local === local).length === 1
    ? was
    : null;
}

const ways = { in: 'is read from', out: 'is written to', both: 'is synced both ways with' } as const;

function sentence(field: MappedField): string {
  const steps = field.transform ? `, as ${stepsWords(field)}` : '';
  const fallback = field.default === undefined ? '' : `; if that is blank, it is ${quoted(field.default)}`;
  return `${field.local} ${ways[field.direction]} ${field.remote}${steps}${fallback}`;
}

const stepsWords = ({ transform }: MappedField): string =>
  (transform ?? []).map(describeStep).join(', then ') || 'unchanged';
const quoted = (value: unknown): string => JSON.stringify(value);

function removed(field: MappedField): DifferenceLine {
  const effect = {
    in: `is no longer read from ${field.remote}; existing values stay`,
    out: `is no longer written to ${field.remote}; values already written stay there`,
    both: `is no longer synced with ${field.remote}; both sides keep their values`,
  }[field.direction];
  return {
    change: 'removed',
    local: field.local,
    remote: field.remote,
    message: `${field.local} ${effect}.`,
  };
}

const winners = {
  crm: 'the CRM wins',
  fairway: 'Fairway wins',
  latest: 'the later change wins',
  crm_unless_blank: 'the CRM wins unless it is blank',
  ask: 'a person is asked',
} as const;

/** One sentence per difference between two versions of a line. */
function changesOf(was: MappedField, is: MappedField): string[] {
  const { local } = is;
  const sentences: string[] = [];
  if (was.direction !== is.direction)
    sentences.push(`${local} ${ways[is.direction]} ${is.remote}; it ${past[was.direction]} ${was.remote}.`);
  else if (was.remote !== is.remote)
    sentences.push(`${local} ${ways[is.direction]} ${is.remote} instead of ${was.remote}.`);
  if (!same(was.transform, is.transform)) {
    sentences.push(`The transformation of ${local} is now: ${stepsWords(is)}. Before: ${stepsWords(was)}.`);
  }
  if (is.direction === 'both' && was.direction === 'both' && (was.policy ?? 'crm') !== (is.policy ?? 'crm')) {
    sentences.push(
      `When both sides changed ${local}, ${winners[is.policy ?? 'crm']}; before, ${winners[was.policy ?? 'crm']}.`,
    );
  }
  if (was.default !== is.default) sentences.push(defaultChange(was, is));
  if ((was.required ?? false) !== (is.required ?? false)) {
    const verb = is.direction === 'out' ? 'written' : 'imported';
    sentences.push(
      is.required
        ? `Records without ${local} are no longer ${verb}.`
        : `Records without ${local} are now ${verb} too.`,
    );
  }
  if ((was.optional ?? false) !== (is.optional ?? false)) {
    sentences.push(
      is.optional
        ? `If the CRM lacks ${is.remote}, ${local} is ignored.`
        : `If the CRM lacks ${is.remote}, the mapping is not valid.`,
    );
  }
  if ((was.lossy ?? false) !== (is.lossy ?? false)) {
    sentences.push(
      is.lossy
        ? `${local} may change when it is written and read back.`
        : `${local} must be unchanged when it is written and read back.`,
    );
  }
  return sentences;
}

const past = { in: 'was read from', out: 'was written to', both: 'was synced both ways with' } as const;

function defaultChange({ default: was }: MappedField, { local, remote, default: is }: MappedField): string {
  if (is === undefined)
    return `When ${remote} is blank, ${local} stays blank; before, it was ${quoted(was)}.`;
  return `When ${remote} is blank, ${local} is ${quoted(is)}${was === undefined ? '' : `; before, it was ${quoted(was)}`}.`;
}

const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b);

/** JSON with sorted keys, because the database returns settings in another order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The differences of the mapping as a whole. */
function wholeOf(before: MappingPack | null, after: MappingPack): DifferenceLine[] {
  const sentences: string[] = [];
  if (before && before.object !== after.object)
    sentences.push(`${after.kind} records are those of ${after.object} instead of ${before.object}.`);
  if ((before?.enabled ?? true) !== (after.enabled ?? true)) {
    sentences.push(
      after.enabled === false
        ? `${after.object} is neither read nor written.`
        : `${after.object} is read and written.`,
    );
  }
  if (before?.filter !== after.filter) sentences.push(filterChange(before?.filter, after));
  if (!same(before?.match, after.match)) {
    const fields = after.match?.join(', then ');
    sentences.push(
      fields
        ? `New records of ${after.object} are matched by ${fields}.`
        : `New records of ${after.object} are not matched by any field.`,
    );
  }
  if (!same(before?.create, after.create)) {
    const given = Object.entries(after.create ?? {}).map(([name, value]) => `${name} ${value}`);
    sentences.push(
      given.length > 0
        ? `New records of ${after.object} that Fairway creates have ${given.join(', ')}.`
        : `Fairway creates no records of ${after.object}.`,
    );
  }
  const whole: DifferenceLine[] = sentences.map((message) => ({
    change: before ? 'changed' : 'added',
    local: null,
    remote: null,
    message,
  }));
  return [...whole, ...extrasOf(before, after)];
}

function filterChange(was: string | undefined, { filter, object }: MappingPack): string {
  if (filter === undefined) return `All records of ${object} are used; before, only those with ${was}.`;
  return `Only records of ${object} with ${filter} are used${was === undefined ? '' : `; before, those with ${was}`}. The others are treated as deleted.`;
}

function extrasOf(before: MappingPack | null, after: MappingPack): DifferenceLine[] {
  const old = new Map((before?.extra ?? []).map((field) => [field.name, field]));
  const line = (change: DifferenceLine['change'], name: string, message: string): DifferenceLine => ({
    change,
    local: `extra.${name}`,
    remote: null,
    message,
  });
  const now = (after.extra ?? []).flatMap((field): DifferenceLine[] => {
    const was = old.get(field.name);
    old.delete(field.name);
    if (!was)
      return [
        line('added', field.name, `${after.kind} has a new custom field "${field.label}" (${field.type}).`),
      ];
    if (same(was, field)) return [];
    const values = field.values ? `, one of ${field.values.join(', ')}` : '';
    return [
      line(
        'changed',
        field.name,
        `The custom field "${was.label}" (${was.type}) is now "${field.label}" (${field.type}${values}).`,
      ),
    ];
  });
  const removedExtras = [...old.values()].map(({ name, label }) =>
    line('removed', name, `The custom field "${label}" is no longer declared; its stored values stay.`),
  );
  return [...now, ...removedExtras];
}
