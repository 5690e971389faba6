/** The difference between two programmes in plain words, a sentence for each setting. */
import type { Condition } from './conditions.ts';
import type { ProgramDocument } from './document.ts';
import { isPlainList, settingLabel, valueWords } from './setting-words.ts';

/** One setting that differs. Null: it does not exist on that side. */
export interface ProgramChange {
  /** The setting, such as `Protection`. */
  readonly setting: string;
  readonly before: string | null;
  readonly now: string | null;
  /** The whole sentence, such as `Protection: 90 days → 60 days`. */
  readonly sentence: string;
}

/** The settings that differ, in the order of the document. Empty when the two have the same hash. */
export function programChanges(before: ProgramDocument, now: ProgramDocument): readonly ProgramChange[] {
  const old = settingsOf(before);
  const current = settingsOf(now);
  const settings = new Set([...current.values.keys(), ...old.values.keys()]);
  const changes = [...settings].map((setting) =>
    changeOf(setting, old.values.get(setting) ?? null, current.values.get(setting) ?? null),
  );
  const moves = [...current.orders].map(([list, names]) => {
    const namesBefore = old.orders.get(list) ?? [];
    const common = (all: readonly string[], others: readonly string[]) =>
      all.filter((name) => others.includes(name)).join(', ');
    return changeOf(`${list}, order`, common(namesBefore, names), common(names, namesBefore));
  });
  return [...changes, ...moves].filter((change) => change.before !== change.now);
}

function changeOf(setting: string, before: string | null, now: string | null): ProgramChange {
  return { setting, before, now, sentence: sentenceOf(setting, before, now) };
}

function sentenceOf(setting: string, before: string | null, now: string | null): string {
  const subject = setting.endsWith('earns') ? setting : `${setting}:`;
  if (before === null) return `${setting} is new: ${now ?? ''}`;
  if (now === null) return `${setting} is removed. It was: ${before}`;
  return `${subject} ${before} → ${now}`;
}

interface Settings {
  /** The value of each setting in words. */
  readonly values: Map<string, string>;
  /** The names of the entries of each list, in order. */
  readonly orders: Map<string, readonly string[]>;
}

/** Two documents with the same settings are equal. */
function settingsOf(document: ProgramDocument): Settings {
  const settings: Settings = { values: new Map(), orders: new Map() };
  collect(document, { place: '', names: [] }, settings);
  return settings;
}

interface Place {
  /** The path with `*` for the names of entries, such as `approval.routes.*.when`. */
  readonly place: string;
  /** These names, in order. */
  readonly names: readonly string[];
}

function collect(value: unknown, at: Place, settings: Settings): void {
  if (value === undefined) return;
  const words = valueWords(at.place, value as Condition);
  if (words !== null) {
    settings.values.set(settingLabel(at.place, at.names), words);
    return;
  }
  if (Array.isArray(value)) {
    const names = entryNames(value);
    for (const [index, entry] of value.entries())
      collect(withoutName(entry), inside(at, names[index] ?? String(index + 1)), settings);
    settings.orders.set(settingLabel(at.place, at.names), names);
    return;
  }
  const isNamed = isRecord(at.place);
  for (const [key, part] of Object.entries(value as object))
    collect(part, isNamed ? inside(at, key) : { ...at, place: joined(at.place, key) }, settings);
}

function inside({ place, names }: Place, name: string): Place {
  return { place: joined(place, '*'), names: [...names, name] };
}

function joined(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}

/** Settings whose keys are names that the author chose. */
const records = [
  'regions',
  'approval.groups',
  'components.*.rates',
  'engagement.rules.open_registrations.tiers',
  'reasons.*',
  'notices',
];

function isRecord(place: string): boolean {
  return records.includes(place) || place === 'reasons';
}

const nameKeys = ['code', 'name', 'version', 'date', 'percent'] as const;

/** The name that identifies each entry. A name that comes again gets a number. */
function entryNames(entries: readonly unknown[]): readonly string[] {
  const seen = new Map<string, number>();
  return entries.map((entry, index) => {
    const key = nameKeyOf(entry);
    const name = key === null ? String(index + 1) : String((entry as Record<string, unknown>)[key]);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function nameKeyOf(entry: unknown): (typeof nameKeys)[number] | null {
  if (typeof entry !== 'object' || entry === null || isPlainList(entry)) return null;
  return nameKeys.find((key) => key in entry && (key !== 'name' || !('date' in entry))) ?? null;
}

/** Without the key that became the name of the entry. */
function withoutName(entry: unknown): unknown {
  const key = nameKeyOf(entry);
  if (key === null) return entry;
  const { [key]: _, ...rest } = entry as Record<string, unknown>;
  return rest;
}
