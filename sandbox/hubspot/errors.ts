import { randomUUID } from 'node:crypto';

/** The details HubSpot adds to some errors; clients must treat every one as optional. */
export interface ErrorExtras {
  readonly subCategory?: string;
  readonly errors?: readonly {
    readonly message: string;
    readonly code?: string;
    readonly context?: Readonly<Record<string, readonly string[]>>;
  }[];
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly policyName?: string;
  readonly errorType?: string;
  /** The token endpoint says here what others say with `category`, and repeats it as RFC 6749 wants it. */
  readonly status?: string;
  readonly error?: string;
  readonly error_description?: string;
}

/** A refusal, thrown anywhere below a route and sent in the vendor's shape. */
export class HubspotError extends Error {
  readonly status: number;
  readonly category: string;
  readonly extras: ErrorExtras;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    category: string,
    message: string,
    extras: ErrorExtras = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.category = category;
    this.extras = extras;
    this.headers = headers;
  }
}

export const invalid = (message: string, extras: ErrorExtras = {}): HubspotError =>
  new HubspotError(400, 'VALIDATION_ERROR', message, extras);
export const notFound = (message: string, extras: ErrorExtras = {}): HubspotError =>
  new HubspotError(404, 'OBJECT_NOT_FOUND', message, extras);
export const conflict = (message: string): HubspotError => new HubspotError(409, 'CONFLICT', message);

export function errorBody(error: HubspotError): object {
  return {
    status: 'error',
    message: error.message,
    correlationId: randomUUID(),
    category: error.category,
    ...error.extras,
  };
}
