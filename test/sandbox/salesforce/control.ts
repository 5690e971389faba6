import type { RunningOrg } from './org.ts';

export interface ControlAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** Calls one of the org's control routes. */
export async function control<T = unknown>(
  org: RunningOrg,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
): Promise<ControlAnswer<T>> {
  const init = body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {};
  const response = await fetch(`${org.url}/sandbox/${path}`, { method, ...init });
  return { status: response.status, body: (await response.json()) as T };
}

/** The vendor's code of a call that must fail. */
export async function refusalOf(
  call: PromiseLike<unknown>,
): Promise<{ readonly errorCode: string; readonly message: string; readonly data: unknown }> {
  return call.then(
    () => {
      throw new Error('it was accepted');
    },
    (reason: unknown) => reason as { errorCode: string; message: string; data: unknown },
  );
}
