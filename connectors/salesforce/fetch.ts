import { z } from 'zod';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import type { SalesforceClient } from './client.ts';
import {
  columns,
  identifier,
  quoted,
  segment,
  rowShape,
  tombstoneColumns,
  toRecord,
  toUtc,
} from './record.ts';

/** Salesforce accepts this many ids in one retrieve. */
const idsPerRetrieve = 2000;
/** A query is part of the URL, which may have 16,384 characters. */
const idsPerQuery = 400;
/** The survivor of a merge may have been merged itself. */
const longestChain = 10;

const retrievedShape = z.array(rowShape.nullable());
const tombstoneShape = z.object({
  Id: z.string(),
  SystemModstamp: z.string(),
  MasterRecordId: z.string().nullish(),
});
const tombstonesShape = z.object({ records: z.array(tombstoneShape) });
type Tombstone = z.infer<typeof tombstoneShape>;

/**
 * The current state of these records. Records in the recycle bin come back as deleted. A merged record also
 * has the id of the survivor at the end of the chain, and the survivor is added to the answer. Purged records
 * and records hidden by sharing are left out, because Salesforce answers the same for both: nothing. @throws
 * ConnectorError
 */
export async function fetchSalesforceRecords(
  client: SalesforceClient,
  object: string,
  extIds: readonly string[],
  fields: readonly string[],
): Promise<RemoteRecord[]> {
  const found = new Map<string, RemoteRecord>();
  const tombstones = new Map<string, Tombstone>();
  let wanted: readonly string[] = [...new Set(extIds)];
  for (let step = 0; wanted.length > 0 && step < longestChain; step += 1) {
    const { records, missing } = await retrieve(client, object, wanted, fields);
    for (const record of records) found.set(record.extId, record);
    const deleted = await readTombstones(client, object, missing);
    for (const tombstone of deleted) tombstones.set(tombstone.Id, tombstone);
    wanted = [...new Set(deleted.flatMap((tombstone) => tombstone.MasterRecordId ?? []))].filter(
      (id) => !found.has(id),
    );
  }
  for (const { Id, SystemModstamp } of tombstones.values()) {
    const survivor = survivorOf(Id, tombstones);
    const base = { extId: Id, fields: {}, modifiedAt: toUtc(SystemModstamp), deleted: true };
    found.set(Id, survivor === null ? base : { ...base, mergedInto: survivor });
  }
  return [...found.values()];
}

function survivorOf(id: string, tombstones: ReadonlyMap<string, Tombstone>): string | null {
  let survivor: string | null = null;
  for (let next = tombstones.get(id)?.MasterRecordId; next; next = tombstones.get(next)?.MasterRecordId)
    survivor = next;
  return survivor;
}

interface RetrieveResult {
  readonly records: readonly RemoteRecord[];
  readonly missing: readonly string[];
}

async function retrieve(
  client: SalesforceClient,
  object: string,
  ids: readonly string[],
  fields: readonly string[],
): Promise<RetrieveResult> {
  const records: RemoteRecord[] = [];
  const missing: string[] = [];
  for (let start = 0; start < ids.length; start += idsPerRetrieve) {
    const some = ids.slice(start, start + idsPerRetrieve);
    const { body } = await client.repeatable({
      method: 'POST',
      url: `/composite/sobjects/${segment(object)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: some, fields: columns(fields) }),
    });
    for (const [n, row] of retrievedShape.parse(body).entries()) {
      if (row) records.push(toRecord(row, fields));
      else missing.push(some[n] ?? '');
    }
  }
  return { records, missing };
}

async function readTombstones(
  client: SalesforceClient,
  object: string,
  ids: readonly string[],
): Promise<Tombstone[]> {
  const tombstones: Tombstone[] = [];
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    const list = ids
      .slice(start, start + idsPerQuery)
      .map((id) => `'${quoted(id)}'`)
      .join(',');
    const soql = `SELECT ${[...columns([]), ...tombstoneColumns(object)].join(', ')} FROM ${identifier(object)} WHERE Id IN (${list}) AND IsDeleted = true`;
    const { body } = await client.repeatable({
      method: 'GET',
      url: `/queryAll?q=${encodeURIComponent(soql)}`,
    });
    tombstones.push(...tombstonesShape.parse(body).records);
  }
  return tombstones;
}
