import { lockUntoldAlert, markSent, type Alert } from '#src/db/alerts/alert-store.ts';
import type { Deps } from '#src/deps.ts';

const timeoutMs = 10_000;

const headings: Readonly<Record<Alert['state'], string>> = {
  failing: 'A connection has stopped working',
  paused: 'A connection is paused',
  recovered: 'A connection works again',
  vanishing: 'Records are vanishing',
  drift: 'Fields have changed in the CRM',
};

/**
 * Posts one alert to where the admin wants to hear of it: JSON whose `text` chat services show, beside the
 * parts of it. Told once; a process that dies between the answer and keeping that it was told tells it again.
 *
 * @throws when the receiver does not answer with 2xx within ten seconds; a redirect is no answer
 */
export async function sendAlert(deps: Deps, { alertId }: { readonly alertId: string }): Promise<void> {
  const { alertWebhookUrl, publicUrl } = deps.config;
  if (alertWebhookUrl === null) return;
  await deps.db.transaction(async (tx) => {
    const alert = await lockUntoldAlert(tx, alertId);
    if (!alert) return;
    const { connection, connectionId, state, message, at } = alert;
    const url = publicUrl === null ? null : `${publicUrl}/connections/${connectionId}`;
    const text = [`${headings[state]}: ${message}`, url].filter((part) => part !== null).join('\n');
    await post(alertWebhookUrl, { text, connection, state, message, at: at.toISOString(), url });
    await markSent(tx, alertId, deps.clock());
  });
}

async function post(address: string, body: object): Promise<void> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  // The address may hold a secret, so it is not repeated.
  if (!response.ok) throw new Error(`the receiver of alerts answered with status ${response.status}`);
}
