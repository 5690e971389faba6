import type { Hint, ListenRequest } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ResolveOutbound } from '#connectors/contract/outbound.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { EventDecoder } from './event-decoder.ts';
import type { ChangeHeader } from './event-decoder.ts';
import { PubSub } from './pub-sub.ts';
import type { FetchAnswer, PubSubSettings } from './pub-sub.ts';
import { isReplayIdLost, isSessionRefused, toPubSubError, toStreamFailure } from './pub-sub-error.ts';

/** The stream of all objects that are selected in the org. It has one position. */
const topic = '/data/ChangeEvents';
const eventsAhead = 100;
/** Salesforce sends an answer at least every 270 seconds, even when there is no event. */
const silenceMs = 330_000;
const fairwayOrigin = ';client=fairway';

/**
 * Receives the org's change events from a position, which is the last stored replay id. It requests more
 * events only after the last ones were delivered. An expired session is renewed. When Salesforce no longer
 * has the replay id, each object gets a hint as a whole.
 * @throws ConnectorError when the stream breaks
 */
export async function listenToChanges(
  client: SalesforceClient,
  settings: PubSubSettings,
  request: ListenRequest,
  resolve: ResolveOutbound,
): Promise<void> {
  let position = request.position;
  let renewed = false;
  while (!request.signal.aborted) {
    const { accessToken, instanceUrl } = await client.session();
    const addresses = await resolve(settings.pubSubEndpoint.split(':')[0] ?? '');
    const pubSub = new PubSub(settings, { accessToken, instanceUrl }, addresses);
    const { end, received, position: reached } = await receiveEvents(pubSub, { ...request, position });
    position = reached;
    if (end === 'stopped') return;
    if (end === 'position lost') {
      await request.deliver({ hints: wholeObjects(request.objects), position: endOfStream });
      position = endOfStream;
    } else if (renewed && !received) {
      throw new ConnectorError(refusedSession);
    } else {
      await client.renew(accessToken);
      renewed = true;
    }
  }
}

/** A position at the present end of the stream. */
const endOfStream = '';

const refusedSession = {
  class: 'auth',
  code: 'INVALID_SESSION_ID',
  message: 'The Pub/Sub API refused a new access token.',
  fix: 'Check that the external client app is enabled (Setup › External Client App Manager) and that the integration user may use it, then check the connection.',
} as const;

interface SubscriptionEnd {
  readonly end: 'stopped' | 'position lost' | 'session refused';
  /** True when an answer arrived. */
  readonly received: boolean;
  readonly position: string | null;
}

/** Runs one subscription until its end. */
async function receiveEvents(
  pubSub: PubSub,
  { objects, position, deliver, signal }: ListenRequest,
): Promise<SubscriptionEnd> {
  const decoder = new EventDecoder(pubSub);
  const subscription = pubSub.subscribe({
    topic,
    replayId: position ? Buffer.from(position, 'base64') : null,
    wanted: eventsAhead,
  });
  const cancel = (): void => subscription.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  let silent = false;
  const giveUp = (): void => {
    silent = true;
    cancel();
  };
  let silence = setTimeout(giveUp, silenceMs);
  let reached = position;
  let received = false;
  try {
    for await (const answer of subscription.answers()) {
      clearTimeout(silence);
      received = true;
      const batch = { hints: await hintsOf(decoder, answer, objects), position: positionOf(answer) };
      await deliver(batch);
      reached = batch.position;
      if (answer.pendingNumRequested < eventsAhead)
        subscription.requestMore(eventsAhead - answer.pendingNumRequested);
      silence = setTimeout(giveUp, silenceMs);
    }
    if (signal.aborted) return { end: 'stopped', received, position: reached };
    throw new ConnectorError({ ...brokenOff, message: 'Salesforce ended the stream of change events.' });
  } catch (error) {
    if (signal.aborted) return { end: 'stopped', received, position: reached };
    if (silent)
      throw new ConnectorError(
        { ...brokenOff, message: 'Salesforce sent nothing on the stream of change events.' },
        error,
      );
    const pubSubError = toPubSubError(error);
    if (!pubSubError) throw error;
    if (isReplayIdLost(pubSubError)) return { end: 'position lost', received, position: reached };
    if (isSessionRefused(pubSubError)) return { end: 'session refused', received, position: reached };
    throw toStreamFailure(pubSubError);
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', cancel);
    subscription.cancel();
    pubSub.close();
  }
}

const brokenOff = {
  class: 'retry',
  code: 'STREAM_ENDED',
  fix: 'Nothing to do: Fairway opens the stream again.',
} as const;

/** The replay id of the last event of an answer. Without events, the end of the stream. */
const positionOf = ({ events, latestReplayId }: FetchAnswer): string =>
  (events.at(-1)?.replayId ?? latestReplayId).toString('base64');

async function hintsOf(
  decoder: EventDecoder,
  { events }: FetchAnswer,
  objects: readonly string[],
): Promise<Hint[]> {
  const hints = new Map<string, Hint>();
  for (const event of events) {
    const header = await decoder.header(event);
    // The object of an event that cannot be read is unknown.
    const eventHints = header ? hintsFrom(header) : wholeObjects(objects);
    for (const hint of eventHints)
      if (objects.includes(hint.object)) hints.set(`${hint.object} ${hint.extId}`, hint);
  }
  return [...hints.values()];
}

/** Our own writes need no hint. A gap event has no reliable origin, so it always becomes a hint. */
function hintsFrom({ entityName: object, recordIds, changeType, changeOrigin }: ChangeHeader): Hint[] {
  const isGap = changeType.startsWith('GAP_');
  if (!isGap && changeOrigin.endsWith(fairwayOrigin)) return [];
  // `001*` means all records of an object.
  if (changeType === 'GAP_OVERFLOW' || recordIds.some((id) => id.includes('*')))
    return [{ object, extId: null }];
  return recordIds.map((extId) => ({ object, extId }));
}

const wholeObjects = (objects: readonly string[]): Hint[] =>
  objects.map((object) => ({ object, extId: null }));
