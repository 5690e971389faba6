import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Hint, WebhookRequest } from '#connectors/connector.ts';
import { standardTypeIds } from './naming.ts';

type CustomName = (typeId: string) => string | undefined;

const maxAgeMs = 5 * 60_000;

/** HubSpot signs the address with just these characters decoded, and no others. */
const decodedInSignature = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/**
 * Version 3 of HubSpot's signature, checked here because the client's own check trusts timestamps from the future,
 * leaves the address encoded and compares in variable time.
 * @param customName the name behind a custom object's type id, when it is known; otherwise the hint carries the id
 * @returns the hints, or null when the signature, the age or the shape is wrong
 */
export function readWebhook(request: WebhookRequest, clientSecret: string, customName: CustomName): readonly Hint[] | null {
  return isSigned(request, clientSecret) ? hintsIn(request.rawBody, customName) : null;
}

function isSigned(request: WebhookRequest, clientSecret: string): boolean {
  const header = (name: string): string | undefined => Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const signature = header('x-hubspot-signature-v3');
  const timestamp = header('x-hubspot-request-timestamp');
  if (signature === undefined || timestamp === undefined || !/^\d{1,15}$/.test(timestamp)) return false;
  if (Math.abs(request.receivedAt.getTime() - Number(timestamp)) > maxAgeMs) return false;
  const url = request.url.replace(decodedInSignature, (encoded) => decodeURIComponent(encoded));
  const expected = createHmac('sha256', clientSecret).update(`${request.method}${url}`).update(request.rawBody).update(timestamp).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const id = z.union([z.string(), z.number()]).transform(String);
const eventSchema = z.object({
  subscriptionType: z.string(),
  objectTypeId: z.string().optional(),
  objectId: id.optional(),
  primaryObjectId: id.optional(),
  newObjectId: id.nullish(),
  mergedObjectIds: z.array(id).optional(),
  fromObjectTypeId: z.string().optional(),
  fromObjectId: id.optional(),
  toObjectTypeId: z.string().optional(),
  toObjectId: id.optional(),
});
type Event = z.infer<typeof eventSchema>;

/** Before generic subscriptions the object was only named in the subscription, as in `company.propertyChange`. */
const legacyNames: Readonly<Record<string, string>> = { company: 'companies', deal: 'deals', contact: 'contacts' };
const standardNames = new Map(Object.entries(standardTypeIds).map(([name, typeId]) => [typeId, name]));

function hintsIn(rawBody: Buffer, customName: CustomName): readonly Hint[] | null {
  const events = eventsIn(rawBody);
  if (!events) return null;
  const nameOf = (typeId: string): string => standardNames.get(typeId) ?? customName(typeId) ?? typeId;
  const hints = events.flatMap((event) => hintsOf(event, nameOf));
  return [...new Map(hints.map((hint) => [`${hint.object} ${hint.extId}`, hint])).values()];
}

function eventsIn(rawBody: Buffer): readonly Event[] | null {
  try {
    return z.array(eventSchema).safeParse(JSON.parse(rawBody.toString('utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Every record an event touches: both ends of an association, all records of a merge. */
function hintsOf(event: Event, nameOf: (typeId: string) => string): Hint[] {
  if (event.fromObjectTypeId !== undefined && event.toObjectTypeId !== undefined) {
    return [...hint(nameOf(event.fromObjectTypeId), event.fromObjectId), ...hint(nameOf(event.toObjectTypeId), event.toObjectId)];
  }
  const object = event.objectTypeId === undefined ? legacyNames[event.subscriptionType.split('.')[0] ?? ''] : nameOf(event.objectTypeId);
  if (object === undefined) return [];
  return [event.objectId, event.primaryObjectId, event.newObjectId, ...(event.mergedObjectIds ?? [])].flatMap((extId) =>
    hint(object, extId),
  );
}

const hint = (object: string, extId: string | null | undefined): Hint[] =>
  extId === undefined || extId === null ? [] : [{ object, extId }];
