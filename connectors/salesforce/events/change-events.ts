import type { Hint, ListenRequest } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { EventDecoder } from './event-decoder.ts';
import type { ChangeHeader } from './event-decoder.ts';
import { PubSub } from './pub-sub.ts';
import type { FetchAnswer, PubSubSettings } from './pub-sub.ts';
import { isReplayIdLost, isSessionRefused, toPubSubError, toStreamFailure } from './pub-sub-error.ts';

/** All objects the org has selected, in one stream with one position. */
const topic = '/data/ChangeEvents';
const eventsAhead = 100;
/** Salesforce answers at least every 270 s, if only to say that it is there. */
const silenceMs = 330_000;
const ownOrigin = ';client=fairway';

/**
 * Hears the org's change events from a position, which is the replay id last kept. Asks for more only once
 * what came is delivered. A session that has expired is renewed; a replay id that Salesforce has forgotten
 * becomes a hint for each object as a whole.
 * @throws ConnectorError when the stream breaks
 */
export async function listenToChanges(
  client: SalesforceClient,
  settings: PubSubSettings,
  request: ListenRequest,
): Promise<void> {
  let position = request.position;
  let renewed = false;
  while (!request.signal.aborted) {
    const { accessToken, instanceUrl } = await client.session();
    const {
      end,
      heard,
      position: reached,
    } = await hear(new PubSub(settings, { accessToken, instanceUrl }), { ...request, position });
    position = reached;
    if (end === 'stopped') return;
    if (end === 'position lost') {
      await request.deliver({ hints: wholeObjects(request.objects), position: atTheTip });
      position = atTheTip;
    } else if (renewed && !heard) {
      throw new ConnectorError(refusedSession);
    } else {
      await client.renew(accessToken);
      renewed = true;
    }
  }
}

/** A position that begins where the stream is. */
const atTheTip = '';

const refusedSession = {
  class: 'auth',
  code: 'INVALID_SESSION_ID',
  message: 'The Pub/Sub API refused a new access token.',
  fix: 'Check that the external client app is enabled and that the integration user may use it, then test the connection.',
} as const;

interface Heard {
  readonly end: 'stopped' | 'position lost' | 'session refused';
  /** Whether anything came at all. */
  readonly heard: boolean;
  readonly position: string | null;
}

/** One subscription, until it ends one way or another. */
async function hear(pubSub: PubSub, { objects, position, deliver, signal }: ListenRequest): Promise<Heard> {
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
  let heard = false;
  try {
    for await (const answer of subscription.answers()) {
      clearTimeout(silence);
      heard = true;
      const batch = { hints: await hintsOf(decoder, answer, objects), position: positionOf(answer) };
      await deliver(batch);
      reached = batch.position;
      if (answer.pendingNumRequested < eventsAhead)
        subscription.requestMore(eventsAhead - answer.pendingNumRequested);
      silence = setTimeout(giveUp, silenceMs);
    }
    if (signal.aborted) return { end: 'stopped', heard, position: reached };
    throw new ConnectorError({ ...brokenOff, message: 'Salesforce ended the stream of change events.' });
  } catch (error) {
    if (signal.aborted) return { end: 'stopped', heard, position: reached };
    if (silent)
      throw new ConnectorError(
        { ...brokenOff, message: 'Salesforce fell silent on the stream of change events.' },
        error,
      );
    const told = toPubSubError(error);
    if (!told) throw error;
    if (isReplayIdLost(told)) return { end: 'position lost', heard, position: reached };
    if (isSessionRefused(told)) return { end: 'session refused', heard, position: reached };
    throw toStreamFailure(told);
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
  fix: 'Nothing to do: it is listened to again.',
} as const;

/** The last event of an answer; without events, how far the stream is. */
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
    // Of an event that cannot be read nobody knows which object it concerns.
    const told = header ? hintsFrom(header) : wholeObjects(objects);
    for (const hint of told)
      if (objects.includes(hint.object)) hints.set(`${hint.object} ${hint.extId}`, hint);
  }
  return [...hints.values()];
}

/** What we wrote ourselves is known. A gap is told of without its origin, so it is always looked at. */
function hintsFrom({ entityName: object, recordIds, changeType, changeOrigin }: ChangeHeader): Hint[] {
  const isGap = changeType.startsWith('GAP_');
  if (!isGap && changeOrigin.endsWith(ownOrigin)) return [];
  // `001*` stands for all records of an object.
  if (changeType === 'GAP_OVERFLOW' || recordIds.some((id) => id.includes('*')))
    return [{ object, extId: null }];
  return recordIds.map((extId) => ({ object, extId }));
}

const wholeObjects = (objects: readonly string[]): Hint[] =>
  objects.map((object) => ({ object, extId: null }));
