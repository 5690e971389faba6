import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { PullPage, PullRequest, RemoteRecord } from '#connectors/contract/records.ts';
import { eachCells, jsonReader } from './bulk-csv.ts';
import type { FieldTypes } from './bulk-csv.ts';
import { bulkToken } from './bulk-token.ts';
import type { BulkPosition } from './bulk-token.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { toDescription } from '#connectors/salesforce/schema/describe.ts';
import { rowShape, toRecord, toSoql, segment } from '#connectors/salesforce/record.ts';

/**
 * Salesforce splits a first read into parts of half this size. Larger pages need more memory and are not
 * faster.
 */
const pageRows = 5_000;
const pageTimeoutMs = 5 * 60_000;
const firstPollMs = 200;
const slowestPollMs = 20_000;
const longestWaitMs = 30 * 60_000;
/** Takes the place of a locator after the last page. */
const afterLastPage = 'end';

const jobShape = z.object({
  id: z.string(),
  state: z.enum(['UploadComplete', 'InProgress', 'JobComplete', 'Aborted', 'Failed']),
});

/**
 * Creates a job that reads the records after an id. It has no order, so that Salesforce may split it. Null
 * when this object or this org has no bulk queries. @throws ConnectorError
 */
export async function startBulk(
  client: SalesforceClient,
  request: PullRequest,
  afterId: string | null,
  now: () => Date,
): Promise<BulkPosition | null> {
  const askedAt = now();
  const body = JSON.stringify({
    operation: request.since === null ? 'query' : 'queryAll',
    query: toSoql(request, afterId),
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
  });
  try {
    // If the request is repeated, a second job is created that is never read and ends by itself.
    const answer = await client.repeatable({
      method: 'POST',
      url: '/jobs/query',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { jobId: jobShape.parse(answer.body).id, askedAt, afterId, locator: null };
  } catch (error) {
    if (error instanceof ConnectorError && isRefusal(error)) return null;
    throw error;
  }
}

/** True when Salesforce does not accept the query as a bulk job. REST may accept it. */
const isRefusal = ({ failure }: ConnectorError): boolean =>
  ['validation', 'mapping', 'permission'].includes(failure.class);

/**
 * The end of a bulk read. After a job that was lost or failed, another one may be created unless `again` is
 * false.
 */
export type BulkEnd =
  | { readonly kind: 'read' }
  | { readonly kind: 'lost'; readonly afterId: string | null; readonly again: boolean };

/** The results of a job, page by page, once it is done. @throws ConnectorError */
export async function* readBulk(
  client: SalesforceClient,
  request: PullRequest,
  position: BulkPosition,
  total: number | null,
): AsyncGenerator<PullPage, BulkEnd> {
  const { askedAt, afterId } = position;
  const job = await finished(client, position.jobId);
  if (job.state !== 'JobComplete') return { kind: 'lost', afterId, again: job.state === 'gone' };
  const serverTime = job.answeredAt;
  if (position.locator === afterLastPage) {
    yield { records: [], resume: bulkToken(position), total, askedAt, serverTime };
    return { kind: 'read' };
  }
  const types = await fieldTypes(client, request.object);
  let locator = position.locator;
  do {
    const page = await readPage(client, request, position.jobId, { locator, types });
    if (page === 'gone') return { kind: 'lost', afterId, again: true };
    locator = page.next;
    yield {
      records: page.records,
      resume: bulkToken({ ...position, locator: locator ?? afterLastPage }),
      total,
      askedAt,
      serverTime,
    };
  } while (locator !== null);
  return { kind: 'read' };
}

interface JobEnd {
  readonly state: z.infer<typeof jobShape>['state'] | 'gone';
  readonly answeredAt: string;
}

/** Waits for the last state of the job. Salesforce keeps a job and its results for seven days. */
async function finished(client: SalesforceClient, jobId: string): Promise<JobEnd> {
  let waitedMs = 0;
  for (let waitMs = firstPollMs; waitedMs < longestWaitMs; waitMs = Math.min(waitMs * 2, slowestPollMs)) {
    try {
      const { body, answeredAt } = await client.repeatable({
        method: 'GET',
        url: `/jobs/query/${segment(jobId)}`,
      });
      const { state } = jobShape.parse(body);
      if (state !== 'UploadComplete' && state !== 'InProgress') return { state, answeredAt };
    } catch (error) {
      if (error instanceof ConnectorError && isGone(error)) return { state: 'gone', answeredAt: '' };
      throw error;
    }
    await pause(waitMs);
    waitedMs += waitMs;
  }
  throw new ConnectorError({
    class: 'retry',
    code: 'bulk_unfinished',
    message: `The bulk query job ${jobId} has not finished in half an hour.`,
    fix: 'Nothing to do: the next run waits for it again. If it lasts, look at the job in Setup › Bulk Data Load Jobs.',
  });
}

const isGone = ({ failure }: ConnectorError): boolean =>
  ['NOT_FOUND', 'INVALIDJOB', 'INVALIDJOBSTATE', 'INVALID_QUERY_LOCATOR'].includes(failure.code);

async function fieldTypes(client: SalesforceClient, object: string): Promise<FieldTypes> {
  const { body } = await client.repeatable({ method: 'GET', url: `/sobjects/${segment(object)}/describe` });
  return new Map(toDescription(body).fields.map((field) => [field.name, field.type]));
}

interface ResultPage {
  readonly records: readonly RemoteRecord[];
  readonly next: string | null;
}

interface PageStart {
  readonly locator: string | null;
  readonly types: FieldTypes;
}

/** Rows are read as they arrive, so that other work can run in between. */
async function readPage(
  client: SalesforceClient,
  request: PullRequest,
  jobId: string,
  { locator, types }: PageStart,
): Promise<ResultPage | 'gone'> {
  const from = locator === null ? '' : `&locator=${encodeURIComponent(locator)}`;
  let records: RemoteRecord[] = [];
  let next: string | null = null;
  const options = {
    timeoutMs: pageTimeoutMs,
    reader: async (body: ReadableStream<Uint8Array>, headers: Headers) => {
      records = []; // An interrupted attempt may have left some.
      const following = headers.get('sforce-locator');
      next = following === null || following === 'null' ? null : following;
      await eachCells(body, (names) => {
        const toJson = jsonReader(names, types);
        return (cells) => records.push(toRecord(rowShape.parse(toJson(cells)), request.fields));
      });
    },
  };
  try {
    await client.repeatable(
      { method: 'GET', url: `/jobs/query/${segment(jobId)}/results?maxRecords=${pageRows}${from}` },
      options,
    );
    return { records, next };
  } catch (error) {
    if (error instanceof ConnectorError && isGone(error)) return 'gone';
    throw error;
  }
}
