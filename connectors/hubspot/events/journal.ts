import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Hint, ListenRequest } from '#connectors/contract/crm.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { unreachable, unreadable } from '#connectors/hubspot/errors.ts';
import { eventId, hintsOf, readableEvents, type Touched, wholeObjectHints } from './events.ts';
import { ensureSubscriptions, journalVersion } from './journal-subscriptions.ts';
import { readJson } from '#connectors/hubspot/transport.ts';

/** HubSpot answers at once when there is nothing new. The next request follows after this time. */
const idleMs = 500;
const downloadMs = 60_000;

/** The position of an empty journal. */
const beginning = 'beginning';

export interface JournalInput {
  /** Signed in as the app itself. */
  readonly api: HubspotApi;
  /** Downloads the files, which are at another address than the API. */
  readonly outbound: Outbound;
  readonly portalId: string;
  /** The id of Fairway's app. Events about its own changes are ignored. */
  readonly appId: string;
  /** Names by type id. */
  readonly objects: ReadonlyMap<string, string>;
}

/**
 * Follows the webhooks journal, HubSpot's log of changes. It consists of files of events from the last three
 * days, and each file has an offset.
 * @throws ConnectorError when the stream breaks
 */
export async function followJournal(
  journal: JournalInput,
  { position, deliver, signal }: Omit<ListenRequest, 'objects'>,
): Promise<void> {
  await ensureSubscriptions(journal);
  let at = position;
  if (at === null) {
    at = (await latest(journal))?.currentOffset ?? beginning;
    // Stored before the first event, so that a listener that ends now misses nothing.
    await deliver({ hints: [], position: at });
  }
  while (!signal.aborted) {
    const file = await after(journal, at);
    if (file === null) {
      await sleep(idleMs, undefined, { signal });
    } else if (file === 'expired') {
      // The new position is stored first, so that changes during the complete read are reported as well.
      at = (await latest(journal))?.currentOffset ?? beginning;
      await deliver({
        hints: [...journal.objects.values()].map((object) => ({ object, extId: null })),
        position: at,
      });
    } else {
      at = file.currentOffset;
      await deliver({
        hints: hintsIn(journal, await download(journal.outbound, file.url, signal)),
        position: at,
      });
    }
  }
}

const fileAnswer = z.object({ url: z.url(), currentOffset: z.string().min(1) }).nullable();
type JournalFile = NonNullable<z.infer<typeof fileAnswer>>;

const journalPath = (rest: string): string => `/webhooks-journal/journal/${journalVersion}/${rest}`;

/** Null while the journal is empty. */
async function latest({ api }: JournalInput): Promise<JournalFile | null> {
  return (await api.send({ method: 'GET', path: journalPath('latest') }, fileAnswer)).data;
}

/** Null when there is no later file; `expired` when HubSpot no longer knows the offset. */
async function after({ api }: JournalInput, offset: string): Promise<JournalFile | null | 'expired'> {
  const rest = offset === beginning ? 'earliest' : `offset/${encodeURIComponent(offset)}/next`;
  try {
    return (await api.send({ method: 'GET', path: journalPath(rest) }, fileAnswer)).data;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.class === 'gone') return 'expired';
    throw error;
  }
}

const eventSchema = z.object({
  action: z.string().optional(),
  portalId: eventId.optional(),
  objectTypeId: z.string().optional(),
  objectId: eventId.optional(),
  primaryObjectId: eventId.nullish(),
  mergedObjectIds: z.array(eventId).nullish(),
  newObjectId: eventId.nullish(),
  associatedObjectTypeId: z.string().nullish(),
  associatedObjectId: eventId.nullish(),
  sourceId: eventId.nullish(),
});
type JournalEvent = z.infer<typeof eventSchema>;
const fileSchema = z.object({ journalEvents: z.array(z.unknown()) });

/** The URL is signed for this file, so it needs no token. It leads to HubSpot's storage provider. */
async function download(outbound: Outbound, url: string, signal: AbortSignal): Promise<readonly unknown[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]);
  const { response, text } = await (async () => {
    const answer = await outbound(url, { signal: limit });
    return { response: answer, text: await answer.text() };
  })().catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof ConnectorError ? error : new ConnectorError(unreachable(error), error);
  });
  if (!response.ok) throw new ConnectorError(unreadable('a journal file', `status ${response.status}`));
  const parsed = fileSchema.safeParse(readJson(text));
  if (!parsed.success) throw new ConnectorError(unreadable('a journal file', parsed.error.message));
  return parsed.data.journalEvents;
}

/** An app may be installed in several accounts, and its journal contains the events of all of them. */
function hintsIn({ portalId, appId, objects }: JournalInput, list: readonly unknown[]): readonly Hint[] {
  const { events, unreadableTypes } = readableEvents(eventSchema, list);
  const relevant = events.filter(
    (event) => (event.portalId ?? portalId) === portalId && event.sourceId !== appId,
  );
  const again = unreadableTypes.flatMap((typeId) => objects.get(typeId) ?? []);
  return [...hintsOf(relevant.flatMap((event) => touchedBy(event, objects))), ...wholeObjectHints(again)];
}

function touchedBy(event: JournalEvent, objects: ReadonlyMap<string, string>): Touched[] {
  const record = objects.get(event.objectTypeId ?? '');
  const other = objects.get(event.associatedObjectTypeId ?? '');
  const extIds = [event.objectId, event.primaryObjectId, event.newObjectId, ...(event.mergedObjectIds ?? [])];
  return [
    ...(record === undefined ? [] : [{ object: record, extIds, erased: event.action === 'GDPR_DELETE' }]),
    ...(other === undefined ? [] : [{ object: other, extIds: [event.associatedObjectId] }]),
  ];
}
