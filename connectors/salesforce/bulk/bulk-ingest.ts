import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { PushBatch, PushOutcome, RemoteWrite } from '#connectors/contract/crm.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import { eachRow, emptyMarker, toBulkCsv } from './bulk-csv.ts';
import type { CsvRow } from './bulk-csv.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { keyFieldOf } from '#connectors/salesforce/collections.ts';
import { toFailure } from '#connectors/salesforce/errors.ts';
import { inTurn } from '#connectors/salesforce/portions.ts';
import { toUtc, segment } from '#connectors/salesforce/record.ts';

/** Salesforce accepts 150 MB after it has encoded the upload in base64. */
const uploadBytes = 90_000_000;
const transferTimeoutMs = 5 * 60_000;
const firstPollMs = 200;
const slowestPollMs = 20_000;
const longestWaitMs = 30 * 60_000;
const abortPatienceMs = 2 * 60_000;

const jobShape = z.object({
  id: z.string(),
  state: z.enum(['Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Aborted', 'Failed']),
  createdDate: z.string(),
  numberRecordsProcessed: z.number().default(0),
  numberRecordsFailed: z.number().default(0),
});
type Job = z.infer<typeof jobShape>;
const ended: ReadonlySet<Job['state']> = new Set(['JobComplete', 'Aborted', 'Failed']);
const json = { 'content-type': 'application/json' };

/** The column that identifies a row in the results. */
const keyColumn = (batch: PushBatch): string => (batch.operation === 'upsert' ? keyFieldOf(batch) : 'Id');
const keyOf = (batch: PushBatch, write: RemoteWrite): string =>
  (batch.operation === 'upsert' ? write.keyValue : write.extId) ?? '';

/** True when each row can be identified by its key in the results and each value can be written in CSV. */
export function canIngest(batch: PushBatch): boolean {
  const keys = new Set(batch.writes.map((write) => keyOf(batch, write)));
  const isWritable = (value: JsonValue): boolean =>
    value !== emptyMarker && (value === null || typeof value !== 'object');
  return (
    keys.size === batch.writes.length &&
    !keys.has('') &&
    batch.writes.every(({ fields }) => Object.values(fields).every(isWritable))
  );
}

/**
 * Writes rows as Bulk API 2.0 jobs. Null when Salesforce accepts none of them as a bulk job; written one by
 * one, they get their own errors.
 * @throws ConnectorError, see `inTurn`
 */
export async function ingestWrites(
  client: SalesforceClient,
  batch: PushBatch,
): Promise<PushOutcome[] | null> {
  try {
    return await inTurn(portionsOf(batch), (writes) => runJob(client, batch, writes));
  } catch (error) {
    if (
      error instanceof ConnectorError &&
      ['validation', 'mapping', 'permission'].includes(error.failure.class)
    )
      return null;
    throw error;
  }
}

const toRow = (batch: PushBatch, write: RemoteWrite): Record<string, JsonValue> => ({
  ...write.fields,
  [keyColumn(batch)]: keyOf(batch, write),
});

function portionsOf(batch: PushBatch): RemoteWrite[][] {
  const portions: RemoteWrite[][] = [[]];
  let bytes = 0;
  for (const write of batch.writes) {
    const size = Buffer.byteLength(JSON.stringify(toRow(batch, write)));
    if (bytes + size > uploadBytes) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)?.push(write);
    bytes += size;
  }
  return portions;
}

/** @throws ConnectorError when the job did nothing. A job that was not closed never runs */
async function runJob(
  client: SalesforceClient,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
): Promise<PushOutcome[]> {
  const job = await createJob(client, batch);
  await batch.onJob?.({ ticket: job.id, writeIds: writes.map(({ id }) => id) });
  const body = toBulkCsv(writes.map((write) => toRow(batch, write)));
  const upload = {
    method: 'PUT',
    url: `/jobs/ingest/${segment(job.id)}/batches`,
    headers: { 'content-type': 'text/csv' },
    body,
  } as const;
  await client.once(upload, { timeoutMs: transferTimeoutMs });
  await changeState(client, job.id, 'UploadComplete');
  const done = await finished(client, job.id);
  if (done.state === 'Failed' && done.numberRecordsProcessed === 0)
    throw new ConnectorError(
      toFailure('InvalidBatch', `Salesforce could not process the bulk job ${job.id}.`),
    );
  return outcomesOf(client, batch, writes, done);
}

/**
 * The outcomes of rows in a job whose process died before its end. A job that was never closed may lack rows,
 * so it is aborted; it has written none.
 * @throws ConnectorError when Salesforce cannot be asked, or the job neither finishes nor ends
 */
export async function recoverIngest(
  client: SalesforceClient,
  ticket: string,
  batch: PushBatch,
): Promise<PushOutcome[]> {
  const job = await jobNow(client, ticket).catch((error: unknown) => {
    if (error instanceof ConnectorError && isUnknown(error)) return null;
    throw error;
  });
  if (job === null) return batch.writes.map(({ id }) => ({ id, ok: false, failure: unknownJob(ticket) }));
  if (job.state === 'Open') await changeState(client, ticket, 'Aborted');
  return outcomesOf(client, batch, batch.writes, await finished(client, ticket));
}

/** Salesforce keeps a job for seven days. */
const isUnknown = ({ failure }: ConnectorError): boolean =>
  ['NOT_FOUND', 'INVALIDJOB'].includes(failure.code);

async function createJob(client: SalesforceClient, batch: PushBatch): Promise<Job> {
  const { object, operation } = batch;
  const key = operation === 'upsert' ? { externalIdFieldName: keyFieldOf(batch) } : {};
  const body = JSON.stringify({
    object,
    operation,
    ...key,
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
  });
  const headers = { ...json, 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
  return jobShape.parse(
    (await client.repeatable({ method: 'POST', url: '/jobs/ingest', headers, body })).body,
  );
}

/** Waits for the job's end. A job that takes too long is aborted, so that it writes nothing later. */
async function finished(client: SalesforceClient, jobId: string): Promise<Job> {
  const job = await endOf(client, jobId, longestWaitMs);
  if (ended.has(job.state)) return job;
  await changeState(client, jobId, 'Aborted');
  const aborted = await endOf(client, jobId, abortPatienceMs);
  if (ended.has(aborted.state)) return aborted;
  throw new ConnectorError({
    class: 'retry',
    code: 'bulk_unfinished',
    message: `The bulk job ${jobId} neither finished nor was aborted.`,
    fix: 'Nothing to do: Fairway writes the rows again. If it lasts, look at the job in Setup › Bulk Data Load Jobs.',
  });
}

/** A repeated request may find the state changed already. The next look at the job shows its state. */
async function changeState(
  client: SalesforceClient,
  jobId: string,
  state: 'UploadComplete' | 'Aborted',
): Promise<void> {
  try {
    await client.repeatable({
      method: 'PATCH',
      url: `/jobs/ingest/${segment(jobId)}`,
      headers: json,
      body: JSON.stringify({ state }),
    });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.failure.code !== 'INVALIDJOBSTATE') throw error;
  }
}

async function endOf(client: SalesforceClient, jobId: string, withinMs: number): Promise<Job> {
  let waitedMs = 0;
  for (let waitMs = firstPollMs; ; waitMs = Math.min(waitMs * 2, slowestPollMs)) {
    const job = await jobNow(client, jobId);
    if (ended.has(job.state) || waitedMs >= withinMs) return job;
    await pause(waitMs);
    waitedMs += waitMs;
  }
}

async function jobNow(client: SalesforceClient, jobId: string): Promise<Job> {
  return jobShape.parse(
    (await client.repeatable({ method: 'GET', url: `/jobs/ingest/${segment(jobId)}` })).body,
  );
}

/** No row was saved before its job was created, so the job's stamp is a lower bound of theirs. */
async function outcomesOf(
  client: SalesforceClient,
  batch: PushBatch,
  writes: readonly RemoteWrite[],
  job: Job,
): Promise<PushOutcome[]> {
  const modifiedAt = toUtc(job.createdDate);
  // A recovered batch may be a part of the job. An aborted job may have saved the same number of other rows.
  const allSaved =
    job.state === 'JobComplete' &&
    job.numberRecordsProcessed === writes.length &&
    job.numberRecordsFailed === 0;
  if (allSaved && batch.operation === 'update')
    return writes.map((write) => ({
      id: write.id,
      ok: true,
      extId: write.extId ?? '',
      created: false,
      modifiedAt,
    }));
  const saved = await results(client, batch, job, 'successfulResults');
  const failed =
    job.numberRecordsFailed > 0
      ? await results(client, batch, job, 'failedResults')
      : new Map<string, CsvRow>();
  return writes.map((write) => {
    const success = saved.get(keyOf(batch, write));
    if (success)
      return {
        id: write.id,
        ok: true,
        extId: success['sf__Id'] ?? '',
        created: success['sf__Created'] === 'true',
        modifiedAt,
      };
    const refusal = failed.get(keyOf(batch, write));
    return {
      id: write.id,
      ok: false,
      failure: refusal ? toRowFailure(refusal['sf__Error'] ?? '') : unprocessed(job),
    };
  });
}

async function results(
  client: SalesforceClient,
  batch: PushBatch,
  { id }: Job,
  which: 'successfulResults' | 'failedResults',
): Promise<ReadonlyMap<string, CsvRow>> {
  const column = keyColumn(batch);
  const rows = new Map<string, CsvRow>();
  const reader = async (body: ReadableStream<Uint8Array>): Promise<void> =>
    eachRow(body, (row) => {
      const { sf__Id = '', sf__Created = '', sf__Error = '' } = row;
      rows.set(row[column] ?? '', { sf__Id, sf__Created, sf__Error });
    });
  await client.repeatable(
    { method: 'GET', url: `/jobs/ingest/${segment(id)}/${which}` },
    { timeoutMs: transferTimeoutMs, reader },
  );
  return rows;
}

/** E.g. `STRING_TOO_LONG:Tier: data value too large (max length=40):Fairway_Tier__c --` */
function toRowFailure(text: string): RemoteFailure {
  const [, code = 'UNKNOWN_EXCEPTION', message = text, fields = ''] =
    /^([A-Z_]+):([\s\S]*?)(?::([\w,\s]*))?(?: --)?$/.exec(text) ?? [];
  return toFailure(
    code,
    message,
    fields
      .split(',')
      .map((field) => field.trim())
      .filter(Boolean),
  );
}

const unknownJob = (ticket: string): RemoteFailure => ({
  class: 'retry',
  code: 'BULK_JOB_UNKNOWN',
  message: `Salesforce no longer knows the bulk job ${ticket}.`,
  fix: 'Nothing to do: Fairway reads the records and writes those again that need it.',
});

const unprocessed = (job: Job): RemoteFailure => ({
  class: 'retry',
  code: 'UNPROCESSED',
  message: `The bulk job ${job.id} ended as ${job.state} before it processed this row.`,
  fix: 'Nothing to do: Fairway writes the row again.',
});
