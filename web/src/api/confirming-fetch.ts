import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';

/**
 * Sends a request of the API. Where the API asks for the passkey's confirmation of this request, shows the browser's passkey dialog and sends the request
 * again. When the person closes the dialog, the API's refusal is the answer.
 */
export async function confirmingFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (!(await asksForConfirmation(response))) return response;
  const { pathname, search } = new URL(request.url);
  const isConfirmed = await confirmWithPasskey(`${request.method} ${pathname}${search}`).catch(() => false);
  return isConfirmed ? fetch(again) : response;
}

async function asksForConfirmation(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { error?: { code?: string } } | null;
  return body?.error?.code === 'confirmation_needed';
}

async function confirmWithPasskey(action: string): Promise<boolean> {
  const asked = await post('/api/me/confirm/options', { action });
  if (!asked.ok) return false;
  const { options } = (await asked.json()) as { options: PublicKeyCredentialRequestOptionsJSON };
  const response = await startAuthentication({ optionsJSON: options });
  return (await post('/api/me/confirm', { action, response })).ok;
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-fairway': '1' }, body: JSON.stringify(body) });
}
