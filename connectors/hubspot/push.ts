import { setTimeout as sleep } from 'node:timers/promises';
import type { PushBatch, PushOutcome, RemoteWrite } from '#connectors/contract/crm.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { HubspotApi } from './api.ts';
import { writeReferences, type WantedReference } from './associations.ts';
import { failureOf, isLock } from './errors.ts';
import { associationTarget, objectPath } from './schema/naming.ts';
import { stampOf } from './records.ts';
import { toWire } from './values.ts';
import { batchAnswer, type BatchAnswer, type WireRecord } from './wire.ts';

const batchSize = 100;

/** Rows are sent again this often when another write to them was in progress. */
const lockRetries = 2;

/**
 * Writes a batch and returns one outcome for each write. Properties are written first, then associations,
 * which HubSpot stores separately.
 * @throws ConnectorError when the first call fails as a whole (credentials, limits, network). When a later
 * call fails, its failure is the outcome of every row without an answer
 */
export async function pushToHubspot(api: HubspotApi, batch: PushBatch): Promise<readonly PushOutcome[]> {
  const outcomes = new Map<string, PushOutcome>();
  // An older write must not be sent after a newer one to the same record.
  const newest = new Map(batch.writes.map((write) => [addressOf(batch, write), write.id]));
  const canRetry = (write: RemoteWrite): boolean =>
    isLocked(outcomes.get(write.id)) && newest.get(addressOf(batch, write)) === write.id;
  let open = batch.writes;
  let stopped: ConnectorError | null = null;
  for (let attempt = 0; open.length > 0 && !stopped && attempt <= lockRetries; attempt += 1) {
    if (attempt > 0) await sleep(attempt * 500 + Math.random() * 1_000);
    stopped = await sendAll(api, batch, open, outcomes);
    open = open.filter(canRetry);
  }
  if (stopped && outcomes.size === 0) throw stopped;
  const missing = stopped?.failure ?? unanswered;
  return writeAssociations(
    api,
    batch,
    batch.writes.map((write) => outcomes.get(write.id) ?? failed(write, missing)),
  );
}

const isLocked = (outcome: PushOutcome | undefined): boolean =>
  outcome?.ok === false && isLock(outcome.failure);

/** @returns the error that stopped it, or null. `outcomes` then has the outcomes of all answered rows. */
async function sendAll(
  api: HubspotApi,
  batch: PushBatch,
  open: readonly RemoteWrite[],
  outcomes: Map<string, PushOutcome>,
): Promise<ConnectorError | null> {
  const note = (outcome: PushOutcome): void => void outcomes.set(outcome.id, outcome);
  try {
    for (const writes of distinctChunks(batch, open)) await sendIsolating(api, batch, writes, note);
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}

const failed = (write: RemoteWrite, failure: RemoteFailure): PushOutcome => ({
  id: write.id,
  ok: false,
  failure,
});

/**
 * The id or the key of the record that a write changes. HubSpot refuses a batch that names one record twice.
 */
const addressOf = (batch: PushBatch, write: RemoteWrite): string =>
  (batch.operation === 'update' ? write.extId : write.keyValue) ?? '';

function distinctChunks(batch: PushBatch, writes: readonly RemoteWrite[]): RemoteWrite[][] {
  const all: RemoteWrite[][] = [];
  let addresses = new Set<string>();
  for (const write of writes) {
    const address = addressOf(batch, write);
    const open = all.at(-1);
    if (open && open.length < batchSize && !addresses.has(address)) open.push(write);
    else {
      all.push([write]);
      addresses = new Set();
    }
    addresses.add(address);
  }
  return all;
}

/**
 * HubSpot answers row by row (207) for most refusals. For others it refuses the whole batch and writes
 * nothing of it. When it names an unknown property, the rows with that property fail and the others are sent
 * again together. Otherwise the batch is halved until only the bad rows fail.
 */
async function sendIsolating(
  api: HubspotApi,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
  note: (outcome: PushOutcome) => void,
): Promise<void> {
  if (writes.length === 0) return;
  const path = objectPath(batch.object, `/batch/${batch.operation}`);
  try {
    const { data } = await api.send(
      { method: 'POST', path, body: { inputs: writes.map((write) => input(batch, write)) } },
      batchAnswer,
    );
    for (const outcome of outcomesOf(batch, writes, data)) note(outcome);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { failure } = error;
    if (!['validation', 'mapping', 'gone'].includes(failure.class)) throw error;
    const refused = writes.filter((write) => failure.fields?.some((field) => field in write.fields));
    if (writes.length === 1 || (failure.class === 'mapping' && refused.length === 0)) {
      for (const write of writes) note(failed(write, failure));
    } else if (failure.class === 'mapping') {
      for (const write of refused) note(failed(write, failure));
      const others = writes.filter((write) => !refused.includes(write));
      await sendIsolating(api, batch, others, note);
    } else {
      const half = Math.ceil(writes.length / 2);
      await sendIsolating(api, batch, writes.slice(0, half), note);
      await sendIsolating(api, batch, writes.slice(half), note);
    }
  }
}

/** HubSpot answers row by row only when each row has a trace id. */
function input(batch: PushBatch, write: RemoteWrite): object {
  const properties = Object.fromEntries(
    Object.entries(write.fields)
      .filter(([field]) => associationTarget(field) === null)
      .map(([field, value]) => [field, toWire(value)]),
  );
  return {
    objectWriteTraceId: write.id,
    id: addressOf(batch, write),
    ...(batch.operation === 'upsert' ? { idProperty: batch.keyField } : {}),
    properties,
  };
}

function outcomesOf(batch: PushBatch, writes: readonly RemoteWrite[], answer: BatchAnswer): PushOutcome[] {
  const written = new Map<string, WireRecord>();
  for (const record of answer.results) written.set(record.objectWriteTraceId ?? keyOf(batch, record), record);
  const refused = new Map<string, RemoteFailure>();
  for (const error of answer.errors ?? []) {
    for (const key of error.context?.['objectWriteTraceId'] ?? error.context?.['ids'] ?? [])
      refused.set(key, failureOf(207, error, null));
  }
  return writes.map((write) => {
    const record = written.get(write.id) ?? written.get(addressOf(batch, write));
    if (record)
      return {
        id: write.id,
        ok: true,
        extId: record.id,
        created: record.new ?? false,
        modifiedAt: stampOf(batch.object, record),
      };
    return failed(write, refused.get(write.id) ?? refused.get(addressOf(batch, write)) ?? unanswered);
  });
}

const keyOf = (batch: PushBatch, record: WireRecord): string =>
  batch.operation === 'update' ? record.id : (record.properties[batch.keyField ?? ''] ?? record.id);

const unanswered: RemoteFailure = {
  class: 'retry',
  code: 'NO_ANSWER',
  message: 'HubSpot’s answer to the batch did not mention this row.',
  fix: 'Nothing to do: Fairway tries again.',
};

/**
 * A row whose association is refused counts as failed, although its properties were written. Writing it again
 * is safe.
 */
async function writeAssociations(
  api: HubspotApi,
  batch: PushBatch,
  outcomes: readonly PushOutcome[],
): Promise<readonly PushOutcome[]> {
  const fieldsById = new Map(batch.writes.map((write) => [write.id, write.fields]));
  const pseudoFields = new Set(
    batch.writes
      .flatMap((write) => Object.keys(write.fields))
      .filter((field) => associationTarget(field) !== null),
  );
  const failures = new Map<string, RemoteFailure>();
  for (const field of pseudoFields) {
    const wanted = outcomes.flatMap((outcome): WantedReference[] => {
      const value = fieldsById.get(outcome.id)?.[field];
      return outcome.ok && value !== undefined
        ? [{ from: outcome.extId, to: value === null ? null : String(value) }]
        : [];
    });
    if (wanted.length === 0) continue;
    for (const [from, failure] of await referenceFailures(
      api,
      batch.object,
      associationTarget(field) ?? '',
      wanted,
    ))
      failures.set(from, failure);
  }
  return outcomes.map((outcome) => {
    const failure = outcome.ok ? failures.get(outcome.extId) : undefined;
    return failure ? { id: outcome.id, ok: false, failure } : outcome;
  });
}

async function referenceFailures(
  api: HubspotApi,
  object: string,
  target: string,
  wanted: readonly WantedReference[],
): Promise<ReadonlyMap<string, RemoteFailure>> {
  try {
    return await writeReferences(api, object, target, wanted);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return new Map(wanted.map(({ from }) => [from, error.failure]));
  }
}
