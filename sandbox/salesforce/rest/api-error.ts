/** An answer Salesforce gives instead of doing the work: an HTTP status, its error code and its words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errorCode: string;
  readonly fields: readonly string[];
  /** Additional properties of the error, with Salesforce's names. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    errorCode: string,
    message: string,
    fields: readonly string[] = [],
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.fields = fields;
    this.details = details;
  }
}

/** A row that cannot be saved. Alone it is a 400; in a collection it is that row's result. */
export const rowError = (errorCode: string, message: string, fields: readonly string[] = []): ApiError =>
  new ApiError(400, errorCode, message, fields);

/** The body of a failed single-record call. */
export function toErrorBody(error: ApiError): object[] {
  const fields = error.fields.length ? { fields: error.fields } : {};
  return [{ ...error.details, message: error.message, errorCode: error.errorCode, ...fields }];
}

/** The result of one row of a collection call. */
export function toRowResult(error: ApiError, id?: string): object {
  const { errorCode: statusCode, message, fields, details } = error;
  return { ...(id ? { id } : {}), success: false, errors: [{ ...details, statusCode, message, fields }] };
}

/** Salesforce's body for a status that the request did not cause. */
export function serverError(status: number): object[] {
  if (status === 503)
    return [{ message: 'Server unavailable, please try again', errorCode: 'SERVER_UNAVAILABLE' }];
  if (status === 401) return [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
  if (status === 403)
    return [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }];
  return [{ message: 'An unexpected error occurred', errorCode: 'UNKNOWN_EXCEPTION' }];
}
