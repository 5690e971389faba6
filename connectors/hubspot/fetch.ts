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
  const found = new Map<string, WireRecord>();
  const goneAt = new Map<string, string>();
  for (const ids of chunks([...asked], readSize)) {
    const { records, missing, serverTime } = await readBatch(api, object, { ids, properties });
    for (const record of records) found.set(record.id, record);
    // A missing record has no stamp, so it gets the time of HubSpot's answer.
    for (const id of missing) goneAt.set(id, serverTime);
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

/**
 * The records among these that HubSpot has neither among its records nor in its bin, where a deleted record
 * can be restored for 90 days. A merged record lives on in its survivor.
 */
export async function purgedHubspotRecords(
  api: HubspotApi,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const purged = new Set<string>();
  const properties = propertiesFor(object, []);
  for (const ids of chunks([...new Set(extIds)], readSize)) {
    const live = await readBatch(api, object, { ids, properties });
    const merged = new Set(mergedAway(object, live.records).map(({ extId }) => extId));
    const notLive = live.missing.filter((id) => !merged.has(id));
    if (notLive.length === 0) continue;
    const bin = await readBatch(api, object, { ids: notLive, properties, archived: true });
    for (const id of bin.missing) purged.add(id);
  }
  return purged;
}

interface Batch {
  readonly ids: readonly string[];
  readonly properties: readonly string[];
  /** Reads the bin instead of the records. */
  readonly archived?: true;
}

interface BatchRead {
  readonly records: readonly WireRecord[];
  /** The ids that HubSpot reported as unknown. An id that failed otherwise is not among them. */
  readonly missing: readonly string[];
  readonly serverTime: string;
}

async function readBatch(
  api: HubspotApi,
  object: string,
  { ids, properties, archived }: Batch,
): Promise<BatchRead> {
  const path = objectPath(object, `/batch/read${archived ? '?archived=true' : ''}`);
  const body = { properties, propertiesWithHistory: [], inputs: ids.map((id) => ({ id })) };
  const { data, serverTime } = await api.send({ method: 'POST', path, body }, batchAnswer);
  if (serverTime === null) throw new ConnectorError(unreadable(path, 'no Date header'));
  const shown = new Set(data.results.map(({ id }) => id));
  const otherFailures = (data.errors ?? []).filter(({ category }) => category !== 'OBJECT_NOT_FOUND');
  const failed = new Set(otherFailures.flatMap(({ context }) => context?.['ids'] ?? ids));
  return {
    records: data.results,
    missing: ids.filter((id) => !shown.has(id) && !failed.has(id)),
    serverTime,
  };
}
