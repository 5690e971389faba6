import { ConnectorError } from '#connectors/contract/failures.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import type { HubspotApi } from './api.ts';
import { chunks } from './associations.ts';
import { unreadable } from './errors.ts';
import { objectPath } from './schema/naming.ts';
import { asRecords, mergedAway, propertiesFor } from './records.ts';
import { batchAnswer, type WireRecord } from './wire.ts';

const readSize = 100;

/**
 * Current state by id. HubSpot answers an id that was merged away with its survivor, under the survivor's id;
 * of what was deleted or never was it says nothing but that it is missing. That is enough to take it for
 * gone: an app sees all records of an object or, without the scope, is refused with 403; there is no sharing
 * that hides single ones from it.
 */
export async function fetchHubspotRecords(
  api: HubspotApi,
  object: string,
  extIds: readonly string[],
  fields: readonly string[],
): Promise<RemoteRecord[]> {
  const asked = new Set(extIds);
  const properties = propertiesFor(object, fields);
  const path = objectPath(object, '/batch/read');
  const found = new Map<string, WireRecord>();
  const goneAt = new Map<string, string>();
  for (const ids of chunks([...asked], readSize)) {
    const body = { properties, inputs: ids.map((id) => ({ id })) };
    const { data, serverTime } = await api.send({ method: 'POST', path, body }, batchAnswer);
    if (serverTime === null) throw new ConnectorError(unreadable(path, 'no Date header'));
    for (const record of data.results) found.set(record.id, record);
    // A missing record has no stamp of its own: it was gone when HubSpot answered.
    for (const id of ids) if (!found.has(id)) goneAt.set(id, serverTime);
  }
  const merged = mergedAway(object, [...found.values()]).filter(
    ({ extId }) => asked.has(extId) && !found.has(extId),
  );
  const mergedIds = new Set(merged.map(({ extId }) => extId));
  const gone = [...goneAt].filter(([extId]) => !mergedIds.has(extId) && !found.has(extId));
  return [
    ...(await asRecords(api, object, fields, [...found.values()])),
    ...merged,
    ...gone.map(([extId, modifiedAt]) => ({ extId, fields: {}, modifiedAt, deleted: true })),
  ];
}
