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
 * The current state of these records. For an id that was merged into another record, HubSpot answers with the
 * survivor under the survivor's id. A deleted record is only reported as missing. A missing record is treated
 * as gone, because HubSpot hides no single record from an app: an app sees all records of an object, or gets
 * 403 without the scope.
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
    // A missing record has no stamp, so it gets the time of HubSpot's answer.
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
