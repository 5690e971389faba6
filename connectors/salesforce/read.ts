import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { PullPage, PullRequest } from '#connectors/contract/records.ts';
import { readBulk, startBulk } from './bulk/bulk-query.ts';
import { bulkToken, isBulkToken, readBulkToken } from './bulk/bulk-token.ts';
import type { SalesforceClient } from './client.ts';
import { rowShape, toRecord, toSoql } from './record.ts';
import type { Row } from './record.ts';

/** Salesforce returns at most 2,000 rows at once. */
const pageSize = 2000;
/**
 * More rows than this are read as a bulk job, which takes fewer calls and none of the org's query cursors.
 */
const bulkRows = 10_000;

const pageShape = z.object({
  totalSize: z.number(),
  records: z.array(rowShape),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
});

/**
 * Reads records in id order through REST. When the first page reports very many records, the rest is read as
 * a bulk job, in no order. A read of changes includes deleted records. A page's `resume` is its last id or
 * the position in the bulk job.
 * @throws ConnectorError
 */
export async function* pullSalesforceRecords(
  client: SalesforceClient,
  request: PullRequest,
  now: () => Date,
): AsyncGenerator<PullPage> {
  let resume = request.resume || null;
  let total: number | null = null;
  let mayBulk = true;
  for (;;) {
    if (resume !== null && isBulkToken(resume)) {
      const end = yield* readBulk(client, request, readBulkToken(resume), total);
      if (end.kind === 'read') return;
      // The records that the job has returned are read again, which is better than losing the others.
      resume = end.afterId;
      mayBulk = end.again;
    }
    const step: RestEnd = yield* readByRest(client, request, { afterId: resume, mayBulk, now });
    if (step.token === null) return;
    resume = step.token;
    total = step.total;
  }
}

interface RestStart {
  readonly afterId: string | null;
  readonly mayBulk: boolean;
  readonly now: () => Date;
}
/** The position from which to read the rest. Null when everything was read. */
interface RestEnd {
  readonly token: string | null;
  readonly total: number | null;
}

/**
 * Reads page by page with a query cursor. Salesforce keeps a cursor only for a while; when it is gone, the
 * query starts again after the last id. A page shows the records at the time of its query, because it may
 * come from the cursor's copy.
 */
async function* readByRest(
  client: SalesforceClient,
  request: PullRequest,
  { afterId, mayBulk, now }: RestStart,
): AsyncGenerator<PullPage, RestEnd> {
  let lastId = afterId;
  let serverTime: string | null = null;
  let total: number | null = null;
  let askedAt = now();
  let url: string | null = queryUrl(request, lastId);
  while (url !== null) {
    const page = await readPage(client, url);
    if (page === 'cursor lost') {
      askedAt = now();
      url = queryUrl(request, lastId);
      continue;
    }
    const first = serverTime === null;
    serverTime ??= page.answeredAt;
    // The count of a query that starts after an id says nothing about the whole read.
    if (first && afterId === null) total = page.total;
    lastId = page.rows.at(-1)?.Id ?? lastId;
    const records = page.rows.map((row) => toRecord(row, request.fields));
    const job =
      first && mayBulk && page.total > bulkRows ? await startBulk(client, request, lastId, now) : null;
    const resume = job ? bulkToken(job) : (lastId ?? '');
    yield { records, resume, total, askedAt, serverTime };
    if (job) return { token: resume, total };
    url = page.nextUrl;
  }
  return { token: null, total };
}

interface Page {
  readonly rows: readonly Row[];
  readonly nextUrl: string | null;
  readonly total: number;
  readonly answeredAt: string;
}

async function readPage(client: SalesforceClient, url: string): Promise<Page | 'cursor lost'> {
  try {
    const { body, answeredAt } = await client.repeatable({
      method: 'GET',
      url,
      headers: { 'Sforce-Query-Options': `batchSize=${pageSize}` },
    });
    const { records, done, nextRecordsUrl, totalSize } = pageShape.parse(body);
    return { rows: records, nextUrl: done ? null : (nextRecordsUrl ?? null), total: totalSize, answeredAt };
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.code === 'INVALID_QUERY_LOCATOR')
      return 'cursor lost';
    throw error;
  }
}

function queryUrl(request: PullRequest, afterId: string | null): string {
  const resource = request.since === null ? 'query' : 'queryAll';
  return `/${resource}?q=${encodeURIComponent(`${toSoql(request, afterId)} ORDER BY Id`)}`;
}
