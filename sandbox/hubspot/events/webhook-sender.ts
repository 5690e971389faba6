import { createHmac } from 'node:crypto';
import { findApp } from '#sandbox/hubspot/apps.ts';
import { removeRow, save, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { settingsOf } from '#sandbox/hubspot/settings.ts';
import { queueName, type QueuedEvent } from './webhook-queue.ts';
import { targetOf } from './webhook-subscriptions.ts';

const mostEventsPerPost = 100;
const mostConcurrentPosts = 10;
/** Changes made at about the same time travel together. */
const gatherMs = 10;
const longestSleepMs = 60_000;

/**
 * Posts queued events to their apps: up to a hundred at a time, up to ten posts an app at once, again later
 * where one fails.
 */
export class WebhookSender {
  readonly #portal: Portal;
  readonly #sending = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  /** The app of every post that is under way. */
  readonly #posts = new Set<{ readonly appId: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(portal: Portal) {
    this.#portal = portal;
  }

  /** To be called whenever something may have been queued, or the settings changed. */
  wake(): void {
    this.#sleep(gatherMs);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#sending.values());
  }

  #sleep(ms: number): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), Math.min(ms, longestSleepMs));
    this.#timer.unref();
  }

  #pump(): void {
    const settings = settingsOf(this.#portal);
    if (settings.webhooksPaused) return;
    const waiting = [...table<QueuedEvent>(this.#portal, queueName).values()].filter(
      ({ id }) => !this.#sending.has(id),
    );
    const due = waiting.filter((queued) => queued.dueAt <= Date.now());
    if (settings.webhookOrder === 'reversed') due.reverse();
    for (const [appId, events] of Map.groupBy(due, (queued) => queued.appId)) {
      const free = this.#freePosts(appId);
      for (let post = 0; post < free && post * mostEventsPerPost < events.length; post += 1) {
        this.#start(appId, events.slice(post * mostEventsPerPost, (post + 1) * mostEventsPerPost));
      }
    }
    const next = Math.min(
      ...waiting.filter(({ id }) => !this.#sending.has(id)).map((queued) => queued.dueAt),
    );
    // Due events without a free request are sent when one ends.
    if (Number.isFinite(next) && next > Date.now()) this.#sleep(next - Date.now());
  }

  #freePosts(appId: number): number {
    const most = targetOf(this.#portal, appId)?.throttling.maxConcurrentRequests ?? mostConcurrentPosts;
    return most - [...this.#posts].filter((post) => post.appId === appId).length;
  }

  #start(appId: number, batch: readonly QueuedEvent[]): void {
    const post = { appId };
    this.#posts.add(post);
    const done = this.#deliver(appId, batch).finally(() => {
      this.#posts.delete(post);
      for (const { id } of batch) this.#sending.delete(id);
      this.wake();
    });
    for (const { id } of batch) this.#sending.set(id, done);
  }

  async #deliver(appId: number, batch: readonly QueuedEvent[]): Promise<void> {
    const app = findApp(this.#portal, appId);
    const target = targetOf(this.#portal, appId);
    const accepted =
      app?.installed && target ? await this.#post(target.targetUrl, app.clientSecret, batch) : 'gone';
    // Not the app's fault: what a closing vendor could not deliver it delivers when it is back.
    if (this.#closing.signal.aborted && accepted !== true) return;
    this.#portal.store.batch(() => {
      for (const queued of batch) this.#settle(queued, accepted);
    });
  }

  async #post(targetUrl: string, clientSecret: string, batch: readonly QueuedEvent[]): Promise<boolean> {
    const body = JSON.stringify(batch.map(({ event, attempts }) => ({ ...event, attemptNumber: attempts })));
    const timestamp = String(this.#portal.now().getTime());
    const signal = AbortSignal.any([
      this.#closing.signal,
      AbortSignal.timeout(settingsOf(this.#portal).webhookTimeoutMs),
    ]);
    const headers = {
      'content-type': 'application/json',
      'x-hubspot-request-timestamp': timestamp,
      'x-hubspot-signature-v3': sign(clientSecret, targetUrl, body, timestamp),
    };
    try {
      const response = await fetch(targetUrl, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await response.body?.cancel();
      return response.ok;
    } catch {
      // After any failure, HubSpot only knows that the events were not accepted.
      return false;
    }
  }

  #settle(queued: QueuedEvent, accepted: boolean | 'gone'): void {
    const { webhookRetryDelaysMs, webhookDuplicates } = settingsOf(this.#portal);
    const delayMs = webhookRetryDelaysMs[queued.attempts];
    if (accepted === true && webhookDuplicates && !queued.again)
      save(this.#portal, queueName, queued.id, { ...queued, again: true });
    else if (accepted === false && delayMs !== undefined)
      save(this.#portal, queueName, queued.id, {
        ...queued,
        attempts: queued.attempts + 1,
        dueAt: Date.now() + delayMs,
      });
    else removeRow(this.#portal, queueName, queued.id);
  }
}

/** In the signed address HubSpot decodes these characters and no others. */
const decodedInSignature = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

function sign(clientSecret: string, targetUrl: string, body: string, timestamp: string): string {
  const address = targetUrl.replace(decodedInSignature, (encoded) => decodeURIComponent(encoded));
  return createHmac('sha256', clientSecret).update(`POST${address}${body}${timestamp}`).digest('base64');
}
