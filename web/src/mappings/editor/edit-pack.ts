import type { MappedLine, OurField, CustomField, Pack, RemoteField, Suggestion } from '../mapping-types.ts';

/** A line with a stable key, so that it keeps its place and the focus while it is edited. */
export interface Line {
  readonly id: string;
  readonly field: MappedLine;
}

/** A pack as the page edits it. */
export interface EditedPack {
  readonly whole: Omit<Pack, 'fields'>;
  readonly lines: readonly Line[];
}

let lastId = 0;
const withId = (field: MappedLine): Line => ({ id: `line-${(lastId += 1)}`, field });

export function openPack({ fields, ...whole }: Pack): EditedPack {
  return { whole, lines: fields.map(withId) };
}

export function closePack({ whole, lines }: EditedPack): Pack {
  return { ...whole, fields: lines.map((line) => line.field) };
}

export function addLine({ whole, lines }: EditedPack, field: MappedLine): EditedPack {
  return { whole, lines: [...lines, withId(field)] };
}

/**
 * Changes one line and removes settings that its new direction does not allow: the API refuses a policy on a
 * read-only field.
 */
export function changeLine(
  { whole, lines }: EditedPack,
  id: string,
  change: (field: MappedLine) => MappedLine,
): EditedPack {
  return {
    whole,
    lines: lines.map((line) => (line.id === id ? { id, field: fitting(change(line.field)) } : line)),
  };
}

function fitting(field: MappedLine): MappedLine {
  const { policy, default: fallback, ...rest } = field;
  return {
    ...rest,
    ...(policy !== undefined && field.direction === 'both' ? { policy } : {}),
    ...(fallback !== undefined && fallback !== '' && field.direction !== 'out' ? { default: fallback } : {}),
  };
}

/** Removes a line, and the custom field that no other line uses. */
export function removeLine(edited: EditedPack, id: string): EditedPack {
  const gone = edited.lines.find((line) => line.id === id)?.field.local;
  const lines = edited.lines.filter((line) => line.id !== id);
  const { extra, ...whole } = edited.whole;
  const remaining = extra?.filter(
    (field) => `extra.${field.name}` !== gone || lines.some((line) => line.field.local === gone),
  );
  return { whole: remaining && remaining.length > 0 ? { ...whole, extra: remaining } : whole, lines };
}

export function declareField({ whole, lines }: EditedPack, field: CustomField): EditedPack {
  const extra = whole.extra ?? [];
  return extra.some((one) => one.name === field.name)
    ? { whole, lines }
    : { whole: { ...whole, extra: [...extra, field] }, lines };
}

/** Sets a setting of the whole mapping; `undefined` leaves it out. */
export function changeWhole<Name extends 'filter' | 'match' | 'enabled'>(
  { whole, lines }: EditedPack,
  name: Name,
  value: Pack[Name] | undefined,
): EditedPack {
  if (value !== undefined) return { whole: { ...whole, [name]: value }, lines };
  const without = { ...whole };
  delete without[name];
  return { whole: without, lines };
}

/**
 * Both ways when the field belongs to the CRM and can be changed there; otherwise the only possible
 * direction.
 */
export function bestDirection(
  remote: RemoteField | undefined,
  ours: Pick<OurField, 'owner' | 'type'>,
): MappedLine['direction'] {
  if (ours.owner === 'fairway') return 'out';
  return remote?.updateable && ours.type !== 'reference' ? 'both' : 'in';
}

/** Accepts a suggestion: declares its custom field if it is new, and maps it. */
export function acceptSuggestion(
  edited: EditedPack,
  suggestion: Suggestion,
  remote: RemoteField,
  ours: OurField | undefined,
): EditedPack {
  const { newField, transform } = suggestion;
  const local = newField ? `extra.${newField.name}` : suggestion.local;
  if (local === null) return edited;
  const direction = bestDirection(remote, ours ?? { owner: 'remote', type: newField?.type ?? 'text' });
  const line: MappedLine = {
    local,
    remote: remote.name,
    direction,
    ...(transform ? { transform: [transform] } : {}),
  };
  return addLine(newField ? declareField(edited, newField) : edited, line);
}

const customTypes: Readonly<Record<string, CustomField['type']>> = {
  text: 'text',
  picklist: 'text',
  number: 'decimal',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
};

/** A custom field for a CRM field, with the same name and a fitting type. */
export function customFieldFor(
  { label, name, type }: RemoteField,
  usedNames: ReadonlySet<string>,
): CustomField {
  const base = nameFrom(label) || nameFrom(name) || 'field';
  const free =
    [base, ...Array.from({ length: usedNames.size }, (_, n) => `${base}${n + 2}`)].find(
      (one) => !usedNames.has(one),
    ) ?? base;
  return { name: free, label: label.trim().slice(0, 80) || name, type: customTypes[type] ?? 'text' };
}

/** `Deal region (EU)` → `dealRegionEu`: how our fields are named. */
export function nameFrom(label: string): string {
  const words = label
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '');
  const joined = words
    .map((word, n) =>
      n === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join('');
  return joined.replace(/^\d+/, '').slice(0, 50);
}
