/**
 * The one error type that crosses rooms. `code` is catalogued here, `message` is safe to show to the person
 * who asked and says what to do; `detail` is for logs only, but for `field`, the field of the request that is
 * at fault, or `fields`, several with words each.
 */
export const errorCodes = {
  bad_request: 400,
  not_signed_in: 401,
  not_allowed: 403,
  not_found: 404,
  conflict: 409,
  too_many_requests: 429,
  setting_invalid: 500,
  connection_failed: 502,
  internal: 500,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** Longer messages are somebody's data. */
const storedLength = 500;

/**
 * What an error may say where it is stored or shown. A database error repeats the statement with every value
 * in it, which are customers' records: only what the database itself said of them is kept, and of anything
 * only the beginning.
 */
export function errorWords(error: unknown): string {
  const words = error instanceof Error ? spokenError(error).message : String(error);
  return words.length <= storedLength ? words : `${words.slice(0, storedLength - 1)}…`;
}

/** The same for logs: without the statement, its values, and whatever else an error carries along. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const told = spokenError(error);
  return {
    type: told.name,
    message: errorWords(told),
    ...('code' in told && typeof told.code === 'string' ? { code: told.code } : {}),
    // The frames only: a stack begins with the whole message.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^ +at /.test(line))
      .join('\n'),
    ...(told.cause instanceof Error ? { cause: loggedError(told.cause) } : {}),
  };
}

/** Under an error that names a query: its cause. */
function spokenError(error: Error): Error {
  return 'query' in error && 'params' in error
    ? error.cause instanceof Error
      ? error.cause
      : new Error('the database refused a query')
    : error;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    detail: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
  }
}
