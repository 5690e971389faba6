/**
 * retry: transient · throttle: a limit, see `retryAfterMs` · auth: credentials · validation: the customer's
 * rules refuse the values · mapping: a field or an object does not exist · permission: the integration user
 * lacks a right · gone: deleted or merged.
 */
export const failureClasses = [
  'retry',
  'throttle',
  'auth',
  'validation',
  'mapping',
  'permission',
  'gone',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/** The reason why a vendor refused a call or one record of it. */
export interface RemoteFailure {
  readonly class: FailureClass;
  /**
   * The vendor's code, e.g. `FIELD_CUSTOM_VALIDATION_EXCEPTION`, or the connector's, e.g.
   * `amount_unreadable`.
   */
  readonly code: string;
  /** The vendor's text. */
  readonly message: string;
  /** One sentence for the ops admin that says what to do. */
  readonly fix: string;
  readonly fields?: readonly string[];
  readonly retryAfterMs?: number;
}

/** A whole call failed. The failure of a single record is an outcome, not an error. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly failure: RemoteFailure;

  constructor(failure: RemoteFailure, cause?: unknown) {
    super(`${failure.code}: ${failure.message}`, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** The vendor's failure; null when the work succeeded. */
export async function connectorFailure(work: Promise<unknown>): Promise<ConnectorError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}
