import type { PushBatch, PushOutcome } from '#connectors/contract/crm.ts';
import { canIngest, ingestWrites } from './bulk/bulk-ingest.ts';
import type { SalesforceClient } from './client.ts';
import { isLocked, pushCollections } from './collections.ts';

/** Salesforce recommends collections for up to this many rows. */
const collectionRows = 2000;

/**
 * Writes in collections of 200 rows, or very many rows as a bulk job. Locked rows are sent again; other
 * refusals are outcomes.
 * @throws ConnectorError when the first call fails. When a later call fails, nothing more is sent, and its
 * failure is the outcome of all rows from there on. Those rows may be sent again
 */
export async function pushToSalesforce(client: SalesforceClient, batch: PushBatch): Promise<PushOutcome[]> {
  if (batch.writes.length <= collectionRows || !canIngest(batch)) return pushCollections(client, batch);
  const outcomes = await ingestWrites(client, batch);
  if (outcomes === null) return pushCollections(client, batch);
  const locked = new Set(outcomes.filter(isLocked).map(({ id }) => id));
  if (locked.size === 0) return outcomes;
  // A job processes several batches in parallel, which wait for each other's locks. Collections are sent one
  // by one.
  const again = await pushCollections(client, {
    ...batch,
    writes: batch.writes.filter(({ id }) => locked.has(id)),
  });
  return [...outcomes.filter(({ id }) => !locked.has(id)), ...again];
}
