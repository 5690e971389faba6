import createClient from 'openapi-fetch';
import { confirmingFetch } from './confirming-fetch.ts';
import type { paths } from './schema.d.ts';

/**
 * The API client, typed from the OpenAPI description. The session cookie is sent automatically (same origin).
 * The header shows the API that the request comes from this page: a page of another site cannot send it.
 */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  headers: { 'x-fairway': '1' },
  fetch: confirmingFetch,
});

/** A refusal by the API with a message for the person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

interface Outcome<T> {
  readonly data?: T;
  readonly error?: unknown;
}

/** The answer, or a `Refusal` thrown. */
export async function expectAnswer<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  let settled: Outcome<T>;
  try {
    settled = await outcome;
  } catch {
    throw new Refusal('unreachable', 'Fairway does not answer. Check your connection; the service may be restarting.');
  }
  if (settled.data !== undefined) return settled.data;
  throw refusalFrom(settled.error);
}

function refusalFrom(body: unknown): Refusal {
  if (typeof body === 'object' && body !== null && 'error' in body) {
    const { code, message, fields } = body.error as { code: string; message: string; fields?: Record<string, string> };
    return new Refusal(code, message, fields);
  }
  return new Refusal('internal', 'Fairway has an internal error. Try again; if it fails again, ask your administrator to check the log.');
}
