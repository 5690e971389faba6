import { ApiError } from './api-error.ts';

const whole = /^@\{([^}]+)\}$/;
const anywhere = /@\{([^}]+)\}/g;

/**
 * Puts the answers of earlier subrequests where later ones refer to them: `@{account.id}`,
 * `@{found.records[0].Id}`.
 * @throws ApiError PROCESSING_HALTED when there is no such value.
 */
export function substitute<T>(value: T, answers: ReadonlyMap<string, unknown>): T {
  return replace(value, answers) as T;
}

function replace(value: unknown, answers: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const only = whole.exec(value)?.[1];
    if (only !== undefined) return lookUp(only, answers);
    return value.replace(anywhere, (_, path: string) => String(lookUp(path, answers)));
  }
  if (Array.isArray(value)) return value.map((item: unknown) => replace(item, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, answers)]));
}

function lookUp(path: string, answers: ReadonlyMap<string, unknown>): unknown {
  const [reference = '', ...steps] = path.split(/[.[\]]+/).filter(Boolean);
  let found = answers.get(reference);
  for (const step of steps)
    found =
      typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[step] : undefined;
  if (found !== undefined && found !== null) return found;
  throw new ApiError(
    400,
    'PROCESSING_HALTED',
    `Invalid reference specified. No value for ${path} found in ${reference}`,
  );
}
