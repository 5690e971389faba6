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

/** Why a move of a registration was refused, and the registrations in force beside it. */
export interface RefusedMove {
  readonly reason: string;
  readonly rivals?: readonly { readonly id: string; readonly number: string; readonly partner: string; readonly finding: string }[];
}

/** A refusal by the API with a message for the person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Why a move of a registration was refused. */
  readonly detail: RefusedMove | null;

  constructor(code: string, message: string, fields: Readonly<Record<string, string>> = {}, detail: RefusedMove | null = null) {
    super(message);
    this.code = code;
    this.fields = fields;
    this.detail = detail;
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
    const { code, message, fields, detail } = body.error as { code: string; message: string; fields?: Record<string, string>; detail?: RefusedMove };
    return new Refusal(code, message, fields, detail ?? null);
  }
  return new Refusal('internal', 'Fairway has an internal error. Try again; if it fails again, ask your administrator to check the log.');
}
