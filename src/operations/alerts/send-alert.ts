import { lockUnsentAlert, markSent, type Alert } from '#src/db/alerts/alert-store.ts';
import type { Deps } from '#src/deps.ts';

const timeoutMs = 10_000;

const headings: Readonly<Record<Alert['state'], string>> = {
  failing: 'A connection has stopped working',
  paused: 'A connection is paused',
  recovered: 'A connection works again',
  mass_deletion: 'Records are missing in the CRM',
  drift: 'Fields have changed in the CRM',
  clock: 'The clocks disagree',
  webhook: 'A webhook endpoint is disabled',
  automatic_approval: 'Automatic approval has stopped',
  rival_deal: 'Direct deals compete with registrations',
};

/**
 * Posts one alert to the alert webhook as JSON: `text` as chat services show it, and its parts. An alert is
 * sent once, or twice when the process dies after the receiver has answered and before that is stored.
 *
 * @throws Error when the receiver does not answer with 2xx within ten seconds; a redirect counts as a failure
 */
export async function sendAlert(deps: Deps, { alertId }: { readonly alertId: string }): Promise<void> {
  const { alertWebhookUrl, publicUrl } = deps.config;
  if (alertWebhookUrl === null) return;
  await deps.db.transaction(async (tx) => {
    const alert = await lockUnsentAlert(tx, alertId);
    if (!alert) return;
    const { connection, connectionId, state, message, at } = alert;
    const url = publicUrl === null ? null : `${publicUrl}/connections/${connectionId}`;
    const text = [`${headings[state]}: ${message}`, url].filter((part) => part !== null).join('\n');
    await post(deps, alertWebhookUrl, { text, connection, state, message, at: at.toISOString(), url });
    await markSent(tx, alertId, deps.clock());
  });
}

async function post(deps: Deps, address: string, body: object): Promise<void> {
  const response = await deps.outbound(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    maxBytes: 64 * 1024,
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  // The address may contain a secret, so the message does not name it.
  if (!response.ok) throw new Error(`the receiver of alerts answered with status ${response.status}`);
}
