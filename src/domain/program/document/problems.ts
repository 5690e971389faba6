/** Sentences about what is wrong in a programme document: the place, the value and what to write instead. */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

export interface Problem {
  readonly path: readonly (string | number)[];
  /** Says what to do. */
  readonly message: string;
}

export interface DocumentProblem {
  /** `protection.days`, `approval.routes[1].steps`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** @param schema the JSON Schema of the document, for the names that are known at a place */
export function documentProblems(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  schema: object,
): readonly DocumentProblem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, input, schema));
  const renamed = new Set(problems.flatMap(({ instead }) => instead ?? []));
  // A misspelt name is also reported as missing. The message with the nearest name is enough.
  return problems
    .filter(({ path, isMissing }) => !(isMissing === true && renamed.has(path)))
    .map(({ path, message }) => ({ path, message }));
}

/** The largest number of unknown settings that is reported in one place. */
const mostUnknown = 100;

interface FoundProblem extends DocumentProblem {
  readonly isMissing?: boolean;
  /** The path that an unknown name should have. */
  readonly instead?: string;
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, schema: object): readonly FoundProblem[] {
  const path = writtenPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(schema, issue.path);
    return issue.keys
      .slice(0, mostUnknown)
      .map((key) => unknownName(writtenPath([...issue.path, key]), key, path, known));
  }
  const given = valueAt(input, issue.path);
  if (issue.code === 'custom') return [{ path, message: withValue(issue.message, given) }];
  if (given === undefined) return [{ path, message: `It is missing. ${fixOf(issue)}`, isMissing: true }];
  return [{ path, message: `${shown(given)} does not fit. ${fixOf(issue)}${similarChoice(issue, given)}` }];
}

/** Names the value, unless the message does. */
function withValue(message: string, given: unknown): string {
  const isPlain = typeof given === 'string' || typeof given === 'number';
  if (!isPlain || message.startsWith('There') || message.includes(String(given))) return message;
  return `${shown(given)} does not fit. ${message}`;
}

function unknownName(path: string, key: string, parent: string, known: readonly string[]): FoundProblem {
  const similar = nearestName(key, known);
  if (similar !== null)
    return {
      path,
      message: `There is no such setting. The nearest name is "${similar}".`,
      instead: parent === '' ? similar : `${parent}.${similar}`,
    };
  const names = known.length > 0 && known.length <= 20 ? ` The settings here are ${known.join(', ')}.` : '';
  return { path, message: `There is no such setting. Remove it.${names}` };
}

function fixOf(issue: z.core.$ZodIssue): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  if (issue.code !== 'invalid_type') return 'Correct it.';
  const kinds: Readonly<Record<string, string>> = {
    object: 'settings, a name and a value on each line',
    record: 'settings, a name and a value on each line',
    array: 'a list',
    boolean: 'true or false',
  };
  return `Write ${kinds[issue.expected] ?? `a ${issue.expected}`}.`;
}

function similarChoice(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code !== 'invalid_value' || typeof given !== 'string') return '';
  const similar = nearestName(given, issue.values.map(String));
  return similar === null ? '' : ` The nearest is "${similar}".`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'A list';
  if (typeof value === 'object' && value !== null) return 'A set of settings';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** The most similar name, in any case. Null if none is similar, because a wrong guess is worse than none. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const wanted = name.slice(0, 80).toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(wanted, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.away - b.away);
  const best = ranked[0];
  return best !== undefined && best.away <= most ? best.candidate : null;
}

export function writtenPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    // A rule that is written as one word is its effect.
    if (typeof value === 'string' && key === 'effect') return value;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

/** The names that the schema knows at a place. */
function namesAt(schema: object, path: readonly PropertyKey[]): readonly string[] {
  let places: readonly JsonSchema[] = [schema as JsonSchema];
  for (const key of path) places = places.flatMap(choicesOf).flatMap((place) => stepInto(place, key));
  return [...new Set(places.flatMap(choicesOf).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function choicesOf(place: JsonSchema): readonly JsonSchema[] {
  return [place, ...(place.anyOf ?? []), ...(place.oneOf ?? [])];
}

function stepInto(place: JsonSchema, key: PropertyKey): readonly JsonSchema[] {
  if (typeof key === 'number') return place.items === undefined ? [] : [place.items];
  const found = place.properties?.[String(key)];
  if (found !== undefined) return [found];
  return typeof place.additionalProperties === 'object' ? [place.additionalProperties] : [];
}
