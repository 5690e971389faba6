import { withoutSecretText } from './logged-values.ts';

/** The codes of `AppError` with their HTTP statuses. */
export const errorCodes = {
  bad_request: 400,
  not_signed_in: 401,
  not_allowed: 403,
  /** A session that a link opened must add a passkey first. */
  passkey_needed: 403,
  /** The passkey must confirm this request. */
  confirmation_needed: 403,
  not_found: 404,
  conflict: 409,
  too_many_requests: 429,
  setting_invalid: 500,
  connection_failed: 502,
  internal: 500,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** Longer messages contain customer data. */
const maxMessageLength = 500;

/**
 * The message of an error in a form that may be stored or shown. A database error repeats the statement with
 * all its values, which is customer data: only the database's own message remains. Long messages are
 * shortened.
 */
export function safeErrorMessage(error: unknown): string {
  const message = withoutSecretText(error instanceof Error ? withoutQuery(error).message : String(error));
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…`;
}

/** An error in a form that may be logged: without the statement, its values and other properties. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cleaned = withoutQuery(error);
  return {
    type: cleaned.name,
    message: safeErrorMessage(cleaned),
    ...('code' in cleaned && typeof cleaned.code === 'string' ? { code: cleaned.code } : {}),
    // Only the frames, because a stack begins with the whole message.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^ +at /.test(line))
      .join('\n'),
    ...(cleaned.cause instanceof Error ? { cause: loggedError(cleaned.cause) } : {}),
  };
}

/** The statement that an error is about, without its values; null when it is about none. For logs at `debug`. */
export function failedStatement(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return 'query' in error && typeof error.query === 'string' ? error.query : failedStatement(error.cause);
}

/** The cause of an error that contains a query, otherwise the error itself. */
function withoutQuery(error: Error): Error {
  return 'query' in error && 'params' in error
    ? error.cause instanceof Error
      ? error.cause
      : new Error('the database refused a query')
    : error;
}

/**
 * The error type that modules may throw to their callers. `message` is safe to show to the user and says what
 * to do. `detail` is only for logs, except `field` (the wrong field of the request), `fields` (a message per
 * wrong field), `changes` (what changed since the person saw it) and `refusal` (why a move of a registration was
 * refused, which the answer has as `detail`).
 */
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
