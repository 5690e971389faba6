import { z } from 'zod';
import { invalid } from './errors.ts';

/** Reads a body or a query string, or refuses it in the vendor's words. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const unset = parsed.error.issues.filter(
    (issue) =>
      issue.code === 'invalid_type' && issue.input === undefined && at(input, issue.path) === undefined,
  );
  if (unset.length > 0)
    throw invalid(
      `Invalid input JSON on line 1, column 1: Some required fields were not set: [${unset.map((issue) => issue.path.join('.')).join(', ')}]`,
    );
  const [first] = parsed.error.issues;
  throw invalid(`Invalid input JSON on line 1, column 1: ${first?.path.join('.')}: ${first?.message}`);
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** `?properties=a,b&properties=c` */
export const listParameter = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) =>
    [value ?? []]
      .flat()
      .flatMap((part) => part.split(','))
      .filter((part) => part !== ''),
  );
