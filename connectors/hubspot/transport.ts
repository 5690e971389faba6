import { Client } from '@hubspot/api-client';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { unreachable } from './errors.ts';

/** A call without its body's type: a form is what the token endpoint takes, JSON everything else. */
export interface WireCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A batch of a hundred takes HubSpot seconds; by now nobody answers any more. */
const patienceMs = 30_000;

/**
 * One exchange over HTTP, whatever comes back.
 * @param signal gives up early
 * @throws ConnectorError (retry) when nobody answered
 */
export type Transport = (
  call: WireCall,
  accessToken: string | null,
  signal?: AbortSignal,
) => Promise<WireAnswer>;

/**
 * The client's own limiter and retries stay off, because they are one per process, whoever configured them
 * last.
 */
export function openTransport(basePath: string): Transport {
  const client = new Client({ basePath });
  return async ({ method, path, body, form }, accessToken, signal) => {
    const given = form ? { body: new URLSearchParams(form), defaultJson: false } : body ? { body } : {};
    const headers: Record<string, string> =
      accessToken === null ? {} : { Authorization: `Bearer ${accessToken}` };
    const asked = client.apiRequest({ method, path, headers, ...given }).then(async (response) => {
      return { status: response.status, headers: response.headers, body: readJson(await response.text()) };
    });
    const patience = AbortSignal.timeout(patienceMs);
    try {
      return await unlessAborted(asked, signal ? AbortSignal.any([signal, patience]) : patience);
    } catch (error) {
      signal?.throwIfAborted();
      throw new ConnectorError(unreachable(error), error);
    }
  };
}

/** The client cannot be told to give up, so its answer is left to come to nobody. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A proxy in between may answer in HTML: then the status alone speaks. */
export function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
