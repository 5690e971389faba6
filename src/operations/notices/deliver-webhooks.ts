import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Db } from '#src/db/client.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  dueDeliveries,
  endpointsWithDueDeliveries,
  failWaitingDeliveries,
  insertAttempt,
  lockDelivery,
  updateDelivery,
  type DueDelivery,
} from '#src/db/notices/delivery-store.ts';
import {
  findEndpoint,
  lockEndpoint,
  updateEndpoint,
  type WebhookEndpoint,
} from '#src/db/notices/endpoint-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  failingLimitMs,
  nextAttemptAt,
  pauseAfterFailure,
  retryAfter,
} from '#src/domain/notices/retry-schedule.ts';
import { webhookHeaders } from '#src/domain/notices/webhook-signature.ts';
import { raiseGeneralAlert } from '#src/operations/alerts/raise-alert.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

/** Standard Webhooks recommends 15 to 30 seconds. */
const timeoutMs = 15_000;
const largestAnswerBytes = 64 * 1024;
/** Requests to one endpoint at the same time. */
const parallel = 8;
/** A job ends after this many requests, so that other jobs get a turn. */
const mostPerJob = 200;

/** Adds a job for each endpoint with a delivery that is due. Every worker calls this regularly. */
export async function scheduleWebhooks(deps: Deps): Promise<void> {
  const at = deps.sharedClock();
  const endpoints = await endpointsWithDueDeliveries(deps.db, at);
  const jobs = endpoints.map((endpointId) => ({
    id: deps.ids(),
    runId: null,
    stage: null,
    name: 'deliver-webhooks',
    key: `deliver-webhooks ${endpointId}`,
    payload: { endpointId },
  }));
  if ((await addJobs(deps.db, jobs, at)) > 0) await relaySoon(deps);
}

/** Sends the deliveries of one endpoint that are due, until none is, it does not answer, or it asks for a pause. */
export async function deliverWebhooks(
  deps: Deps,
  { endpointId }: { readonly endpointId: string },
): Promise<void> {
  for (let sent = 0; sent < mostPerJob; sent += parallel) {
    const at = deps.sharedClock();
    const endpoint = await findEndpoint(deps.db, endpointId);
    if (!endpoint?.isActive || (endpoint.pausedUntil !== null && endpoint.pausedUntil > at)) return;
    const due = await dueDeliveries(deps.db, endpointId, at, parallel);
    if (due.length === 0) return;
    const secrets = secretsOf(deps, endpoint, at);
    await Promise.all(due.map((delivery) => deliver(deps, endpoint, delivery, secrets)));
  }
}

function secretsOf(deps: Deps, { id, secrets, previousUntil }: WebhookEndpoint, at: Date): readonly string[] {
  const { current = '', previous } = openSecrets(deps.config.masterKey, id, secrets);
  const signsWithPrevious = previous !== undefined && previousUntil !== null && previousUntil > at;
  return signsWithPrevious ? [current, previous] : [current];
}

interface Attempt {
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Null when the endpoint did not answer. */
  readonly statusCode: number | null;
  readonly notBefore: Date | null;
  readonly error: string | null;
}

async function deliver(
  deps: Deps,
  { id: endpointId, url }: WebhookEndpoint,
  { id, messageId, body }: DueDelivery,
  secrets: readonly string[],
): Promise<void> {
  const startedAt = deps.sharedClock();
  const began = performance.now();
  const answer = await post(deps, url, {
    body,
    headers: webhookHeaders({ id: messageId, at: startedAt, body }, secrets),
  });
  const durationMs = Math.round(performance.now() - began);
  await deps.db.transaction((tx) =>
    saveAttempt(deps, tx, { endpointId, deliveryId: id }, { ...answer, startedAt, durationMs }),
  );
}

async function post(
  deps: Deps,
  url: string,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Pick<Attempt, 'statusCode' | 'notBefore' | 'error'>> {
  try {
    const response = await deps.outbound(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      maxBytes: largestAnswerBytes,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    const notBefore = retryAfter(status, response.headers.get('retry-after'), deps.sharedClock());
    return { statusCode: status, notBefore, error: ok ? null : `answered with status ${status}` };
  } catch (error) {
    return { statusCode: null, notBefore: null, error: failureWords(error) };
  }
}

/** Names the kind of failure. The words of the network may contain the address, which may hold a secret. */
function failureWords(error: unknown): string {
  if (error instanceof ConnectorError) return error.failure.message;
  if (error instanceof Error && error.name === 'TimeoutError')
    return `did not answer within ${timeoutMs / 1000} seconds`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  return code === null ? 'could not be reached' : `could not be reached (${code})`;
}

/** Stores an attempt and what follows from it. Another process may have stored one for the same delivery. */
async function saveAttempt(
  deps: Deps,
  tx: Db,
  { endpointId, deliveryId }: { readonly endpointId: string; readonly deliveryId: string },
  attempt: Attempt,
): Promise<void> {
  const endpoint = await lockEndpoint(tx, endpointId);
  const delivery = await lockDelivery(tx, deliveryId);
  // It was deleted meanwhile.
  if (endpoint === null || delivery === null) return;
  const { startedAt, durationMs, statusCode, error } = attempt;
  await insertAttempt(tx, { deliveryId, at: startedAt, durationMs, statusCode, error });
  if (delivery.status !== 'waiting') return;
  const attempts = delivery.attempts + 1;
  if (error === null) {
    await updateDelivery(tx, deliveryId, { status: 'delivered', attempts, nextAttemptAt: null });
    if (endpoint.failingSince !== null || endpoint.pausedUntil !== null)
      await updateEndpoint(tx, endpointId, { failingSince: null, pausedUntil: null });
    return;
  }
  const at = deps.sharedClock();
  const next = nextAttemptAt(attempts, at, attempt.notBefore);
  const status = next === null ? 'failed' : 'waiting';
  await updateDelivery(tx, deliveryId, { status, attempts, nextAttemptAt: next });
  await saveFailure(deps, tx, endpoint, attempt, at);
}

async function saveFailure(
  deps: Deps,
  tx: Db,
  endpoint: WebhookEndpoint,
  { statusCode, notBefore }: Attempt,
  at: Date,
): Promise<void> {
  if (!endpoint.isActive) return;
  const failingSince = endpoint.failingSince ?? at;
  if (statusCode === 410) return disable(deps, tx, endpoint, 'gone', at);
  if (at.getTime() - failingSince.getTime() >= failingLimitMs)
    return disable(deps, tx, endpoint, 'failing', at);
  const pausedUntil = notBefore ?? (statusCode === null ? pauseAfterFailure(failingSince, at) : null);
  await updateEndpoint(tx, endpoint.id, {
    failingSince,
    ...(pausedUntil === null ? {} : { pausedUntil }),
  });
}

async function disable(
  deps: Deps,
  tx: Db,
  { id, url, failingSince }: WebhookEndpoint,
  because: 'gone' | 'failing',
  at: Date,
): Promise<void> {
  await updateEndpoint(tx, id, {
    isActive: false,
    disabledBecause: because,
    failingSince: failingSince ?? at,
    pausedUntil: null,
  });
  await failWaitingDeliveries(tx, id);
  const { host } = new URL(url);
  const cause =
    because === 'gone'
      ? 'it answered 410 Gone'
      : `every attempt since ${failingSince?.toISOString() ?? at.toISOString()} failed`;
  const message = `The webhook endpoint at ${host} is disabled: ${cause}. Correct the endpoint, enable it and redeliver what failed, on the page Webhooks.`;
  deps.log.error(message);
  await raiseGeneralAlert(deps, tx, { state: 'webhook', message });
}
