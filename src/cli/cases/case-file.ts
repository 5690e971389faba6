import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';
import { exitCodes } from '#src/cli/command.ts';

/** The result of one worked case. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  /** The differences from the expected result; none when it passed. */
  readonly differences: readonly string[];
}

const caseName = z.looseObject({ id: z.string(), title: z.string().default('') });
export type NamedCase = z.infer<typeof caseName>;

/**
 * The worked cases of a JSON file, as a list or under this name. Only their names are checked.
 *
 * @throws AppError `bad_request` when the file cannot be read, has no cases, or one of them has no id
 */
export async function readCases(path: string, name: string): Promise<readonly NamedCase[]> {
  try {
    const file: unknown = JSON.parse(await readFile(path, 'utf8'));
    const list = z.object({ [name]: z.array(caseName).min(1) }).transform((found) => found[name] ?? []);
    return z.union([z.array(caseName).min(1), list]).parse(file);
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? `it has no list “${name}” of cases with an id` : String(error);
    throw new AppError('bad_request', `${path} cannot be read: ${reason}.`, {}, error);
  }
}

/** Prints a line per case and the counts, and returns the exit code. */
export function printCases(results: readonly CaseResult[]): number {
  for (const { id, title, differences } of results)
    console.log(
      differences.length === 0 ? `ok ${id} ${title}` : `FAILED ${id} ${title}: ${differences.join('; ')}`,
    );
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
}

/**
 * The differences between two JSON values, by path. A property that is undefined is the same as one that is
 * missing.
 */
export function jsonDifferences(expected: unknown, actual: unknown, path = ''): readonly string[] {
  if (isObject(expected) && isObject(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) =>
      jsonDifferences(expected[key], actual[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(expected, actual)
    ? []
    : [
        `${path} is ${JSON.stringify(actual) ?? 'missing'}, expected ${JSON.stringify(expected) ?? 'nothing'}`,
      ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
