/**
 * The one error type that crosses rooms. `code` is catalogued here, `message` is safe to show to the person who asked
 * and says what to do; `detail` is for logs only.
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

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, detail: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
  }
}
