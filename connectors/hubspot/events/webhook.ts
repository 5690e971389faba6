import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Hint, WebhookRequest } from '#connectors/contract/crm.ts';
import { eventId, hintsOf, readableEvents, wholeObjectHints, type Touched } from './events.ts';

export interface WebhookReader {
  readonly clientSecret: string;
  /** The id of Fairway's app. Events about its own changes are ignored. Null when it is unknown. */
  readonly appId: string | null;
  readonly namesOf: NamesOf;
}

const maxAgeMs = 5 * 60_000;

/** HubSpot decodes exactly these characters of the URL before it signs it. */
const decodedInSignature = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/**
 * Checks version 3 of HubSpot's signature. The check of the client library accepts timestamps from the
 * future, does not decode the URL, and does not compare in constant time.
 * @returns the hints, or null when the signature, the age or the shape is wrong
 */
export function readWebhook(request: WebhookRequest, reader: WebhookReader): readonly Hint[] | null {
  return isSigned(request, reader.clientSecret) ? hintsIn(request.rawBody, reader) : null;
}

function isSigned(request: WebhookRequest, clientSecret: string): boolean {
  const header = (name: string): string | undefined =>
    Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const signature = header('x-hubspot-signature-v3');
  const timestamp = header('x-hubspot-request-timestamp');
  if (signature === undefined || timestamp === undefined || !/^\d{1,15}$/.test(timestamp)) return false;
  if (Math.abs(request.receivedAt.getTime() - Number(timestamp)) > maxAgeMs) return false;
  const url = request.url.replace(decodedInSignature, (encoded) => decodeURIComponent(encoded));
  const expected = createHmac('sha256', clientSecret)
    .update(`${request.method}${url}`)
    .update(request.rawBody)
    .update(timestamp)
    .digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const eventSchema = z.object({
  subscriptionType: z.string(),
  objectTypeId: z.string().optional(),
  objectId: eventId.optional(),
  primaryObjectId: eventId.optional(),
  newObjectId: eventId.nullish(),
  mergedObjectIds: z.array(eventId).optional(),
  /** E.g. `DEAL_TO_COMPANY`, in events that do not give the types of the two objects. */
  associationType: z.string().optional(),
  fromObjectTypeId: z.string().optional(),
  fromObjectId: eventId.optional(),
  toObjectTypeId: z.string().optional(),
  toObjectId: eventId.optional(),
  sourceId: eventId.optional(),
});
type Event = z.infer<typeof eventSchema>;

/** Older subscriptions name the object only in the type of the event, as in `company.propertyChange`. */
const legacyNames = new Map([
  ['company', ['companies']],
  ['deal', ['deals']],
]);

/** The objects that a type id may mean. */
type NamesOf = (typeId: string) => readonly string[];

function hintsIn(rawBody: Buffer, { appId, namesOf }: WebhookReader): readonly Hint[] | null {
  const list = listIn(rawBody);
  if (!list) return null;
  const { events, unreadableTypes } = readableEvents(eventSchema, list);
  if (list.length > 0 && events.length + unreadableTypes.length === 0) return null;
  const touched = events
    .filter(({ sourceId }) => appId === null || sourceId !== appId)
    .flatMap((event) => touchedBy(event, namesOf));
  return [...hintsOf(touched), ...wholeObjectHints(unreadableTypes.flatMap(namesOf))];
}

function listIn(rawBody: Buffer): readonly unknown[] | null {
  try {
    return z.array(z.unknown()).safeParse(JSON.parse(rawBody.toString('utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Every record that an event concerns: both ends of an association, all records of a merge. */
function touchedBy(event: Event, namesOf: NamesOf): Touched[] {
  const [legacyObject = '', kind] = event.subscriptionType.split('.');
  if (kind === 'associationChange') {
    const [from, to] = endsOf(event, namesOf);
    return [...each(from, [event.fromObjectId]), ...each(to, [event.toObjectId])];
  }
  const names = event.objectTypeId === undefined ? legacyName(legacyObject) : namesOf(event.objectTypeId);
  const extIds = [event.objectId, event.primaryObjectId, event.newObjectId, ...(event.mergedObjectIds ?? [])];
  // When the type id may mean several objects, the record id belongs to one of them only. A record of another
  // object must not be erased.
  return each(names, extIds, kind === 'privacyDeletion' && names.length === 1);
}

function endsOf(event: Event, namesOf: NamesOf): readonly [from: readonly string[], to: readonly string[]] {
  const [from = '', to = ''] = event.associationType?.toLowerCase().split('_to_') ?? [];
  return [
    event.fromObjectTypeId === undefined ? legacyName(from) : namesOf(event.fromObjectTypeId),
    event.toObjectTypeId === undefined ? legacyName(to) : namesOf(event.toObjectTypeId),
  ];
}

const legacyName = (singular: string): readonly string[] => legacyNames.get(singular) ?? [];

const each = (names: readonly string[], extIds: Touched['extIds'], erased = false): Touched[] =>
  names.map((object) => ({ object, extIds, erased }));
