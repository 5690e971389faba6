import type { PushBatch, PushOutcome } from '#connectors/contract/crm.ts';
import { canIngest, ingestWrites } from './bulk/bulk-ingest.ts';
import type { SalesforceClient } from './client.ts';
import { isLocked, pushCollections } from './collections.ts';

/** Up to here Salesforce itself advises collections. */
const collectionRows = 2000;

/**
 * Writes in collections of 200, or very many rows as a bulk job. Rows that met a lock are sent again; other
 * refusals are outcomes.
 * @throws ConnectorError when the first call fails. When a later one does, nothing more is sent and all rows
 * from it on carry its failure, so that what has landed is known. Such rows may be sent again.
 */
export async function pushToSalesforce(client: SalesforceClient, batch: PushBatch): Promise<PushOutcome[]> {
  if (batch.writes.length <= collectionRows || !canIngest(batch)) return pushCollections(client, batch);
  const outcomes = await ingestWrites(client, batch);
  if (outcomes === null) return pushCollections(client, batch);
  const locked = new Set(outcomes.filter(isLocked).map(({ id }) => id));
  if (locked.size === 0) return outcomes;
  // A job works on several parts at once, which compete for their parents' locks; one after the other they do
  // not.
  const again = await pushCollections(client, {
    ...batch,
    writes: batch.writes.filter(({ id }) => locked.has(id)),
  });
  return [...outcomes.filter(({ id }) => !locked.has(id)), ...again];
}
