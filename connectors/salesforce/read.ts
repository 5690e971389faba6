import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { PullPage, PullRequest } from '#connectors/contract/records.ts';
import { readBulk, startBulk } from './bulk/bulk-query.ts';
import { bulkToken, isBulkToken, readToken } from './bulk/bulk-token.ts';
import type { SalesforceClient } from './client.ts';
import { rowShape, toRecord, toSoql } from './record.ts';
import type { Row } from './record.ts';

/** Salesforce hands out at most 2,000 rows at once. */
const pageSize = 2000;
/** More than this is read as a bulk job, which takes fewer calls and leaves the org's query cursors alone. */
const bulkRows = 10_000;

const pageShape = z.object({
  totalSize: z.number(),
  records: z.array(rowShape),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
});

/**
 * Records in id order, by REST; when the first page tells of very many, the rest as a bulk job, in no order.
 * A read of what changed includes what was deleted; a first read has nothing to take back. What a page says
 * to go on with is the last id it gave, or the place in the bulk job.
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
      const end = yield* readBulk(client, request, readToken(resume), total);
      if (end.kind === 'read') return;
      // What the job gave so far comes once more; that is better than to lose what it did not give.
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
/** Where the rest is to be read; null when all was. */
interface RestEnd {
  readonly token: string | null;
  readonly total: number | null;
}

/**
 * Pages by query cursor. Salesforce keeps a cursor for a while only; when it is gone the query is put again
 * after the last id. A page shows the records as of its query: it may come from the cursor's own copy.
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
    // What is left after some id says nothing of the whole.
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
