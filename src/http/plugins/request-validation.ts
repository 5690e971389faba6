import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';
import { fieldLabel, issueText } from './issue-text.ts';

/**
 * Parses the parts of a request with their zod schemas. What is wrong becomes an `AppError` whose message
 * names each field and what to enter instead; `fields` has the same by path, for forms.
 */
export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    const unstorable = unstorablePath(data, []);
    if (unstorable !== null)
      return { error: requestError([unstorableText(unstorable)], httpPart === 'params') };
    const parsed = schema.safeParse(data, { error: issueText });
    if (parsed.success) return { value: parsed.data };
    return { error: requestError(parsed.error.issues, httpPart === 'params') };
  };

/** @param isLink true for the parameters in an address, which people follow and do not type */
export function requestError(issues: readonly z.core.$ZodIssue[], isLink: boolean): AppError {
  const faults = issues.flatMap(faultsOf);
  const message = isLink
    ? 'This link is incomplete or wrong. Open the page from the menu, or copy the whole link.'
    : faults.map(({ path, text }) => (path.length === 0 ? text : labelled(fieldLabel(path), text))).join(' ');
  const fields = Object.fromEntries(faults.map(({ path, text }) => [path.join('.') || '(request)', text]));
  return new AppError('bad_request', message, { fields });
}

/** The path to a value or a name with text that the database cannot store; null when there is none. */
function unstorablePath(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | null {
  if (typeof value === 'string') return isStorable(value) ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    if (!isStorable(key)) return path;
    const found = unstorablePath(member, place);
    if (found !== null) return found;
  }
  return null;
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

function unstorableText(path: readonly PropertyKey[]): z.core.$ZodIssue {
  const message = 'Remove the characters that are no text: a zero byte, or half of a character pair.';
  return { code: 'custom', path: [...path], message, input: undefined };
}

interface Fault {
  readonly path: readonly PropertyKey[];
  /** A full sentence. */
  readonly text: string;
}

/** Unknown fields are reported one by one, at their own paths. */
function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, text: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], text: issue.message }));
}

function labelled(label: string, text: string): string {
  return `${label}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
