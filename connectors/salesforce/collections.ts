import pRetry from 'p-retry';
import { z } from 'zod';
import type { PushBatch, PushOutcome, RemoteWrite } from '#connectors/contract/crm.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from './client.ts';
import { toFailure } from './errors.ts';
import { inTurn } from './portions.ts';
import { segment } from './record.ts';

const rowsPerCall = 200;
/** Salesforce has already waited ten seconds for the lock, which ends with the other transaction. */
const lockRetries = 2;
const lockPauseMs = 1000;

const errorShape = z.object({
  statusCode: z.string(),
  message: z.string(),
  fields: z.array(z.string()).default([]),
});
const resultShape = z.discriminatedUnion('success', [
  z.object({ success: z.literal(true), id: z.string(), created: z.boolean().default(false) }),
  z.object({ success: z.literal(false), errors: z.array(errorShape).min(1) }),
]);
/** A result in an unknown format costs its row and not the batch. */
const resultsShape = z.array(resultShape.catch({ success: false, errors: [unreadable()] }));

function unreadable(): z.infer<typeof errorShape> {
  return {
    statusCode: 'UNREADABLE_RESULT',
    message: 'Salesforce’s result for this row has an unknown format.',
    fields: [],
  };
}

class RowsLocked extends Error {}

/** Writes in calls of 200 rows. Rows that were locked are sent again. @throws ConnectorError, see `inTurn` */
export async function pushCollections(client: SalesforceClient, batch: PushBatch): Promise<PushOutcome[]> {
  const portions = Array.from({ length: Math.ceil(batch.writes.length / rowsPerCall) }, (_, n) =>
    batch.writes.slice(n * rowsPerCall, (n + 1) * rowsPerCall),
  );
  return inTurn(portions, (writes) => pushPortion(client, batch, writes));
}

async function pushPortion(
  client: SalesforceClient,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
): Promise<PushOutcome[]> {
  const outcomes = new Map<string, PushOutcome>();
  let pending = writes;
  const attempt = async (): Promise<void> => {
    for (const outcome of await sendOrSplit(client, batch, pending)) outcomes.set(outcome.id, outcome);
    pending = pending.filter((write) => isLocked(outcomes.get(write.id)));
    if (pending.length) throw new RowsLocked();
  };
  const options = {
    retries: lockRetries,
    minTimeout: lockPauseMs,
    randomize: true,
    shouldRetry: ({ error }: { error: Error }) => error instanceof RowsLocked,
  };
  try {
    await pRetry(attempt, options);
  } catch (error) {
    if (!(error instanceof RowsLocked)) throw error;
  }
  return [...outcomes.values()];
}

/** True when another transaction held the lock of the record or its parent. */
export const isLocked = (outcome: PushOutcome | undefined): boolean =>
  outcome?.ok === false && outcome.failure.code === 'UNABLE_TO_LOCK_ROW';

/** In an org with slow automation 200 rows may take longer than our timeout, so they are sent in halves. */
async function sendOrSplit(
  client: SalesforceClient,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
): Promise<PushOutcome[]> {
  try {
    return await send(client, batch, writes);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.failure.code !== 'ETIMEDOUT' || writes.length === 1)
      throw error;
    const middle = Math.ceil(writes.length / 2);
    return inTurn([writes.slice(0, middle), writes.slice(middle)], (half) =>
      sendOrSplit(client, batch, half),
    );
  }
}

async function send(
  client: SalesforceClient,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
): Promise<PushOutcome[]> {
  const { body, stampedFrom } = await client.repeatable({
    method: 'PATCH',
    url:
      batch.operation === 'upsert'
        ? `/composite/sobjects/${segment(batch.object)}/${segment(keyFieldOf(batch))}`
        : '/composite/sobjects',
    headers: { 'content-type': 'application/json', 'Sforce-Duplicate-Rule-Header': 'allowSave=true' },
    body: JSON.stringify({ allOrNone: false, records: writes.map((write) => toRow(batch, write)) }),
  });
  const results = resultsShape.parse(body);
  if (results.length !== writes.length)
    throw new Error(`Salesforce answered ${results.length} results to ${writes.length} rows`);
  return writes.map((write, n) => toOutcome(write, results[n], stampedFrom));
}

/** The external id field of an upsert. */
export function keyFieldOf(batch: PushBatch): string {
  if (batch.keyField === null) throw new Error('an upsert needs a key field');
  return batch.keyField;
}

function toRow(batch: PushBatch, write: RemoteWrite): Record<string, unknown> {
  const attributes = { type: batch.object };
  if (batch.operation === 'upsert')
    return { attributes, ...write.fields, [keyFieldOf(batch)]: write.keyValue };
  return { attributes, ...write.fields, id: write.extId };
}

function toOutcome(
  write: RemoteWrite,
  result: z.infer<typeof resultShape> | undefined,
  modifiedAt: string,
): PushOutcome {
  if (result?.success)
    return { id: write.id, ok: true, extId: result.id, created: result.created, modifiedAt };
  return { id: write.id, ok: false, failure: failureOf(result?.errors ?? []) };
}

/** A row may break several rules. The first one decides the class; the message has all of them. */
function failureOf(errors: readonly z.infer<typeof errorShape>[]): RemoteFailure {
  const [first] = errors;
  if (!first) throw new Error('Salesforce refused a row without an error');
  return toFailure(first.statusCode, errors.map((error) => error.message).join(' · '), [
    ...new Set(errors.flatMap((error) => error.fields)),
  ]);
}
