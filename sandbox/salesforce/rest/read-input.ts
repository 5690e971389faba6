import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** A request's body as the schema has it. @throws ApiError 400 with this code, naming the fields. */
export function readInput<T>(schema: z.ZodType<T>, body: unknown, errorCode = 'INVALID_INPUT'): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.'));
  throw new ApiError(400, errorCode, z.prettifyError(parsed.error), fields);
}
