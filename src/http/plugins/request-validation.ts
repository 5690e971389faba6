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
