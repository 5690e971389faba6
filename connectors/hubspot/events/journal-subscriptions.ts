import { z } from 'zod';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { eventId } from './events.ts';
import { anything } from '#connectors/hubspot/wire.ts';

/** The journal's API has its own version dates. */
export const journalVersion = '2026-03';

const path = `/webhooks-journal/subscriptions/${journalVersion}`;

interface Subscription {
  readonly subscriptionType: 'OBJECT' | 'ASSOCIATION' | 'GDPR_PRIVACY_DELETION';
  readonly objectTypeId: string;
  readonly actions: readonly string[];
  readonly properties?: readonly string[];
  readonly associatedObjectTypeIds?: readonly string[];
}

const list = z.array(z.string()).nullish();
const subscriptionsAnswer = z.object({
  results: z.array(
    z.object({
      subscriptionType: z.string(),
      objectTypeId: z.string().nullish(),
      portalId: eventId.nullish(),
      actions: z.array(z.string()),
      properties: list,
      associatedObjectTypeIds: list,
    }),
  ),
});
type Existing = z.infer<typeof subscriptionsAnswer>['results'][number];

interface Subscriber {
  readonly api: HubspotApi;
  readonly portalId: string;
  /** Names by type id. */
  readonly objects: ReadonlyMap<string, string>;
}

/** Adds missing subscriptions, so that the journal contains every change of these objects. */
export async function ensureSubscriptions({ api, portalId, objects }: Subscriber): Promise<void> {
  const { data } = await api.send({ method: 'GET', path }, subscriptionsAnswer);
  const existing = data.results.filter((one) => (one.portalId ?? portalId) === portalId);
  const typeIds = [...objects.keys()];
  const missing = typeIds
    .flatMap((typeId) => wantedFor(typeId, typeIds))
    .filter((wanted) => !existing.some((one) => covers(one, wanted)));
  for (const wanted of missing)
    await api.send(
      { method: 'POST', path, body: { ...wanted, objectIds: [], portalId: Number(portalId) } },
      anything,
    );
}

function wantedFor(objectTypeId: string, all: readonly string[]): Subscription[] {
  const others = all.filter((typeId) => typeId !== objectTypeId);
  const associations: Subscription = {
    subscriptionType: 'ASSOCIATION',
    objectTypeId,
    actions: ['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'],
    associatedObjectTypeIds: others,
  };
  return [
    {
      subscriptionType: 'OBJECT',
      objectTypeId,
      actions: ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE'],
      properties: [],
    },
    { subscriptionType: 'GDPR_PRIVACY_DELETION', objectTypeId, actions: ['GDPR_DELETE'] },
    ...(others.length > 0 ? [associations] : []),
  ];
}

/** A subscription without a list of properties or objects covers all of them. */
function covers(existing: Existing, wanted: Subscription): boolean {
  const others = existing.associatedObjectTypeIds;
  return (
    existing.subscriptionType === wanted.subscriptionType &&
    existing.objectTypeId === wanted.objectTypeId &&
    wanted.actions.every((action) => existing.actions.includes(action)) &&
    !existing.properties?.length &&
    (!others?.length || (wanted.associatedObjectTypeIds ?? []).every((typeId) => others.includes(typeId)))
  );
}
