import { z } from 'zod';
import { ConnectorError } from '../connector.ts';
import type { JsonValue, PullPage, PullRequest, RemoteFields, RemoteRecord } from '../connector.ts';
import type { SalesforceClient } from './client.ts';

/** Salesforce hands out at most 2,000 rows at once, and takes as many ids in one retrieve. */
const pageSize = 2000;

const rowShape = z.looseObject({ Id: z.string(), SystemModstamp: z.string(), IsDeleted: z.boolean().optional() });
type Row = z.infer<typeof rowShape>;
const pageShape = z.object({ records: z.array(rowShape), done: z.boolean(), nextRecordsUrl: z.string().optional() });
const retrievedShape = z.array(rowShape.nullable());

/**
 * Records in id order. Salesforce keeps a query's cursor for a while only; when it is gone the query is put again after
 * the last id. A read of what changed includes what was deleted; a first read has nothing to take back.
 * @throws ConnectorError
 */
export async function* pullRecords(client: SalesforceClient, request: PullRequest, now: () => Date): AsyncGenerator<PullPage> {
  let afterId = request.resume;
  let serverTime: string | null = null;
  let url: string | null = queryUrl(request, afterId);
  while (url !== null) {
    const askedAt = now();
    const page = await readPage(client, url);
    if (page === 'cursor lost') {
      url = queryUrl(request, afterId);
      continue;
    }
    serverTime ??= page.answeredAt;
    afterId = page.rows.at(-1)?.Id ?? afterId;
    yield { records: page.rows.map((row) => toRecord(row, request.fields)), resume: afterId ?? '', total: null, askedAt, serverTime };
    url = page.nextUrl;
  }
}

async function readPage(
  client: SalesforceClient,
  url: string,
): Promise<{ rows: readonly Row[]; nextUrl: string | null; answeredAt: string } | 'cursor lost'> {
  try {
    const { body, answeredAt } = await client.repeatable({
      method: 'GET',
      url,
      headers: { 'Sforce-Query-Options': `batchSize=${pageSize}` },
    });
    const { records, done, nextRecordsUrl } = pageShape.parse(body);
    return { rows: records, nextUrl: done ? null : (nextRecordsUrl ?? null), answeredAt };
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.code === 'INVALID_QUERY_LOCATOR') return 'cursor lost';
    throw error;
  }
}

function queryUrl({ object, fields, since }: PullRequest, afterId: string | null): string {
  const conditions = [
    ...(since === null ? [] : [`SystemModstamp >= ${new Date(since).toISOString()}`]),
    ...(afterId === null ? [] : [`Id > '${quoted(afterId)}'`]),
  ];
  const where = conditions.length ? ` WHERE ${conditions.join(' AND ')}` : '';
  const [resource, wanted] = since === null ? ['query', columns(fields)] : ['queryAll', [...columns(fields), 'IsDeleted']];
  return `/${resource}?q=${encodeURIComponent(`SELECT ${wanted.join(', ')} FROM ${object}${where} ORDER BY Id`)}`;
}

/** Text as it may stand between quotes in SOQL. */
export const quoted = (text: string): string => text.replace(/[\\']/g, '\\$&');

const columns = (fields: readonly string[]): string[] => [...new Set(['Id', 'SystemModstamp', ...fields])];

/** The current state of these records; what Salesforce no longer has comes back as deleted. @throws ConnectorError */
export async function fetchRecords(
  client: SalesforceClient,
  object: string,
  extIds: readonly string[],
  fields: readonly string[],
): Promise<RemoteRecord[]> {
  const records: RemoteRecord[] = [];
  for (let start = 0; start < extIds.length; start += pageSize) {
    const ids = extIds.slice(start, start + pageSize);
    const { body, answeredAt } = await client.repeatable({
      method: 'POST',
      url: `/composite/sobjects/${object}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids, fields: columns(fields) }),
    });
    for (const [n, row] of retrievedShape.parse(body).entries()) {
      records.push(row ? toRecord(row, fields) : { extId: ids[n] ?? '', fields: {}, modifiedAt: answeredAt, deleted: true });
    }
  }
  return records;
}

function toRecord(row: Row, fields: readonly string[]): RemoteRecord {
  const values: RemoteFields = Object.fromEntries(fields.map((field) => [field, (row[field] ?? null) as JsonValue]));
  return { extId: row.Id, fields: values, modifiedAt: toUtc(row.SystemModstamp), deleted: row.IsDeleted ?? false };
}

/** `2026-11-22T02:00:00.000+0000` → `2026-11-22T02:00:00.000Z` */
const toUtc = (stamp: string): string => new Date(stamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toISOString();
