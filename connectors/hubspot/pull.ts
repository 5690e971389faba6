import { ConnectorError, type PullPage, type PullRequest, type RemoteFields, type RemoteRecord } from '#connectors/connector.ts';
import type { HubspotApi } from './api.ts';
import { chunks, readReferences } from './associations.ts';
import { unreadable } from './errors.ts';
import { associationTarget, modifiedProperty, objectPath } from './naming.ts';
import { asInstant, fromWire } from './values.ts';
import { batchAnswer, searchAnswer, type WireRecord } from './wire.ts';

const pageSize = 200;
const readSize = 100;

/**
 * Walks an object by record id. Every page is the first page of a new search for ids above the last one, so the cap of
 * 10,000 results a search is never met, however many records share a stamp.
 */
export async function* pullRecords(
  api: HubspotApi,
  { object, fields, since, resume }: PullRequest,
  now: () => Date,
): AsyncIterable<PullPage> {
  const properties = propertiesAmong(object, fields);
  let after = resume;
  let serverTime: string | null = null;
  for (;;) {
    const askedAt = now();
    const answer = await api.send(
      { method: 'POST', path: objectPath(object, '/search'), body: searchBody(object, properties, since, after) },
      searchAnswer,
    );
    serverTime ??= answer.serverTime;
    if (serverTime === null)
      throw new ConnectorError(unreadable(objectPath(object, '/search'), 'no Date header, so there is no instant to go on from'));
    const { results, total } = answer.data;
    after = results.at(-1)?.id ?? after;
    yield { records: await asRecords(api, object, fields, results), resume: after ?? '', total: null, askedAt, serverTime };
    if (results.length === 0 || total <= results.length) return;
  }
}

/** HubSpot wants all five keys, also the empty ones. */
function searchBody(object: string, properties: readonly string[], since: string | null, afterId: string | null): object {
  const filters = [
    ...(afterId === null ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: afterId }]),
    ...(since === null ? [] : [{ propertyName: modifiedProperty(object), operator: 'GTE', value: String(Date.parse(since)) }]),
  ];
  return {
    after: '0',
    filterGroups: filters.length > 0 ? [{ filters }] : [],
    limit: pageSize,
    properties,
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
  };
}

/** Current state by id; what HubSpot no longer has comes back as deleted. */
export async function fetchRecords(
  api: HubspotApi,
  object: string,
  extIds: readonly string[],
  fields: readonly string[],
): Promise<RemoteRecord[]> {
  const properties = propertiesAmong(object, fields);
  const records: RemoteRecord[] = [];
  for (const ids of chunks([...new Set(extIds)], readSize)) {
    const body = { properties, inputs: ids.map((id) => ({ id })) };
    const { data, serverTime } = await api.send({ method: 'POST', path: objectPath(object, '/batch/read'), body }, batchAnswer);
    const found = new Set(data.results.map((record) => record.id));
    records.push(...(await asRecords(api, object, fields, data.results)));
    // A missing record has no stamp of its own: it was gone when HubSpot answered.
    const gone = ids.filter((id) => !found.has(id));
    if (gone.length > 0 && serverTime === null) throw new ConnectorError(unreadable(objectPath(object, '/batch/read'), 'no Date header'));
    records.push(...gone.map((extId) => ({ extId, fields: {}, modifiedAt: serverTime ?? '', deleted: true })));
  }
  return records;
}

const propertiesAmong = (object: string, fields: readonly string[]): string[] => [
  ...fields.filter((field) => associationTarget(field) === null),
  modifiedProperty(object),
];

async function asRecords(
  api: HubspotApi,
  object: string,
  fields: readonly string[],
  found: readonly WireRecord[],
): Promise<RemoteRecord[]> {
  const references = new Map<string, ReadonlyMap<string, { readonly value: string }>>();
  for (const field of fields) {
    const target = associationTarget(field);
    if (target !== null && found.length > 0)
      references.set(
        field,
        await readReferences(
          api,
          object,
          target,
          found.map((record) => record.id),
        ),
      );
  }
  return found.map((record) => ({
    extId: record.id,
    fields: Object.fromEntries(fields.map((field) => [field, valueOf(record, field, references)])) as RemoteFields,
    modifiedAt: asInstant(record.properties[modifiedProperty(object)] ?? record.updatedAt),
    deleted: record.archived ?? false,
  }));
}

function valueOf(
  record: WireRecord,
  field: string,
  references: ReadonlyMap<string, ReadonlyMap<string, { readonly value: string }>>,
): RemoteFields[string] {
  if (associationTarget(field) !== null) return references.get(field)?.get(record.id)?.value ?? null;
  return fromWire(record.properties[field]);
}
