import { z } from 'zod';
import { nearest } from '#mappings/engine/values/nearest.ts';
import { shown } from '#mappings/engine/refusal.ts';

/** A problem in the text of a pack, found without an org. */
export interface PackProblem {
  /** `fields[3].direction`; empty for the whole pack. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

type Issue = z.core.$ZodIssue;
type SettingsAt = (path: readonly PropertyKey[]) => readonly string[];

/** Translates the issues of the schema into messages for the author of the pack. */
export function packProblems(
  issues: readonly Issue[],
  input: unknown,
  settingsAt: SettingsAt,
): readonly PackProblem[] {
  const found = issues.flatMap((issue) => problemsOf(issue, input, settingsAt));
  // A misspelt setting is also reported as missing. The message with the similar name is enough.
  return found.filter(
    ({ path, message }) =>
      !(message === missing && found.some(({ fix }) => fix === `Rename it to "${path.split('.').at(-1)}".`)),
  );
}

const missing = 'it is missing';
/** The largest number of reported unknown settings in one place. */
const maxUnknownKeys = 100;

function problemsOf(issue: Issue, input: unknown, settingsAt: SettingsAt): PackProblem[] {
  const place = asWritten(issue.path, input);
  const path = z.core.toDotPath(place);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxUnknownKeys).map((key) => ({
      path,
      message: `"${key}" is not a known setting`,
      fix: keyFix(key, issue.path, settingsAt),
    }));
  const given = valueAt(input, place);
  // A discriminated union reports the wrong name.
  const choices =
    issue.code === 'invalid_value'
      ? issue.values.map(String)
      : issue.code === 'invalid_union'
        ? stepNamesIn(issue)
        : null;
  if (choices && given !== undefined)
    return [
      {
        path,
        message: `${shown(nameIn(given))} is not one of the choices`,
        fix: choiceFix(nameIn(given), choices),
      },
    ];
  return [{ path, message: messageOf(issue, given), fix: fixOf(issue, path, given) }];
}

/** Removes the list index for a single step, which the author did not write as a list. */
function asWritten(path: readonly PropertyKey[], input: unknown): readonly PropertyKey[] {
  const at = path.indexOf('transform');
  if (at < 0 || path[at + 1] !== 0 || Array.isArray(valueAt(input, path.slice(0, at + 1)))) return path;
  const rest = path.slice(at + 2);
  const byName = typeof valueAt(input, path.slice(0, at + 1)) === 'string' && rest.at(0) === 'name';
  return [...path.slice(0, at + 1), ...(byName ? [] : rest)];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

const nameIn = (given: unknown): unknown =>
  typeof given === 'object' && given !== null && 'name' in given ? given.name : given;

function stepNamesIn(issue: Extract<Issue, { code: 'invalid_union' }>): readonly string[] | null {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : null;
}

function choiceFix(given: unknown, choices: readonly string[]): string {
  const similar = typeof given === 'string' ? nearest(given, choices) : null;
  return similar ? `Did you mean "${similar}"?` : `Choose one of: ${choices.join(', ')}.`;
}

function keyFix(key: string, path: readonly PropertyKey[], settingsAt: SettingsAt): string {
  const inStep = path.includes('transform');
  const similar = inStep ? null : nearest(key, settingsAt(path));
  return similar ? `Rename it to "${similar}".` : 'Remove it.';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  record: 'a list of pairs',
  array: 'a list',
  object: 'a set of settings',
  int: 'a whole number',
};

function messageOf(issue: Issue, given: unknown): string {
  if (
    issue.code === 'custom' ||
    issue.code === 'invalid_format' ||
    (!issue.message.startsWith('Invalid') && !issue.message.startsWith('Too'))
  )
    return issue.message;
  if (given === undefined) return missing;
  if (issue.code === 'too_small' && (given === '' || (Array.isArray(given) && given.length === 0)))
    return 'it is empty';
  if (issue.code === 'too_small') return `${shown(given)} is less than the minimum, ${String(issue.minimum)}`;
  if (issue.code === 'too_big')
    return `${typeof given === 'number' ? shown(given) : 'it'} is more than the maximum, ${String(issue.maximum)}`;
  return issue.code === 'invalid_type'
    ? `${shown(given)} is not ${kinds[issue.expected] ?? `a ${issue.expected}`}`
    : issue.message;
}

function fixOf(issue: Issue, path: string, given: unknown): string {
  const what = path === '' ? 'the pack' : path;
  switch (issue.code) {
    case 'invalid_type':
      return given === undefined && path !== ''
        ? `Add ${what}: ${kinds[issue.expected] ?? `a ${issue.expected}`}.`
        : `Set ${what} to ${kinds[issue.expected] ?? `a ${issue.expected}`}.`;
    case 'invalid_value':
      return `Set ${what} to one of: ${issue.values.join(', ')}.`;
    case 'too_small':
      return `Fill in ${what}.`;
    case 'custom':
      if (path.endsWith('.optional')) return 'Remove one of the two.';
      if (path.endsWith('.policy') || path.endsWith('.default'))
        return `Remove ${what}, or set direction to "both".`;
      if (path.includes('transform')) return `Correct ${what}.`;
      return `Remove ${what.replace(/\.\w+$/, '')} or correct it.`;
    default:
      return `Correct ${what}.`;
  }
}
