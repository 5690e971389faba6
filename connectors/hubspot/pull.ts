import { ConnectorError } from '#connectors/contract/failures.ts';
import type { PullPage, PullRequest } from '#connectors/contract/records.ts';
import type { HubspotApi } from './api.ts';
import { unreadable } from './errors.ts';
import { associationTarget, modifiedProperty, objectPath } from './schema/naming.ts';
import { asRecords, mergedAway, propertiesFor } from './records.ts';
import { listAnswer, searchAnswer, type WireRecord } from './wire.ts';

const searchSize = 200;
const listSize = 100;
/** The number of records whose references one call can read. */
const referencesSize = 1_000;

/** The records of one call. */
interface Found {
  readonly records: readonly WireRecord[];
  readonly resume: string;
  readonly total: number | null;
  readonly askedAt: Date;
  readonly serverTime: string;
}

/**
 * A complete read uses HubSpot's list, which is faster than its search (five calls a second for the whole
 * account) and up to date, while the search lags behind. Only the search finds changed records. A changed
 * reference does not change a record's stamp: the journal reports it, and the next complete read contains it.
 */
export async function* pullHubspotRecords(
  api: HubspotApi,
  request: PullRequest,
  now: () => Date,
): AsyncIterable<PullPage> {
  const { object, fields, since } = request;
  const found = since === null ? listed(api, request, now) : searched(api, { ...request, since }, now);
  const size = fields.some((field) => associationTarget(field) !== null) ? referencesSize : 1;
  for await (const { records, ...page } of gathered(found, size)) {
    const merged = since === null ? [] : mergedAway(object, records);
    yield { records: [...(await asRecords(api, object, fields, records)), ...merged], ...page };
  }
}

/**
 * Joins the records of several calls into pages of at least `size` records. A page is as old as its first
 * call.
 */
async function* gathered(calls: AsyncIterable<Found>, size: number): AsyncIterable<Found> {
  let open: Found[] = [];
  for await (const found of calls) {
    open.push(found);
    const page = joined(open);
    if (!page || page.records.length < size) continue;
    yield page;
    open = [];
  }
  const rest = joined(open);
  if (rest) yield rest;
}

function joined(calls: readonly Found[]): Found | null {
  const first = calls[0];
  const last = calls.at(-1);
  return first && last
    ? { ...first, resume: last.resume, records: calls.flatMap((call) => call.records) }
    : null;
}

/** Reads the whole object in the order of record ids, which are HubSpot's cursor of a list. */
async function* listed(
  api: HubspotApi,
  { object, fields, resume }: PullRequest,
  now: () => Date,
): AsyncIterable<Found> {
  const properties = propertiesFor(object, fields).join(',');
  const total = resume === null ? await countAll(api, object) : null;
  let after = resume;
  let serverTime: string | null = null;
  for (;;) {
    const askedAt = now();
    const query = new URLSearchParams({
      limit: String(listSize),
      properties,
      ...(after === null ? {} : { after }),
    });
    const path = objectPath(object);
    const answer = await api.send({ method: 'GET', path: `${path}?${query.toString()}` }, listAnswer);
    serverTime ??= timeIn(answer, path);
    const { results, paging } = answer.data;
    after = paging?.next?.after ?? results.at(-1)?.id ?? after;
    yield { records: results, resume: after ?? '0', total, askedAt, serverTime };
    if (!paging?.next) return;
  }
}

export async function countAll(api: HubspotApi, object: string): Promise<number> {
  const { data } = await api.send(
    { method: 'POST', path: objectPath(object, '/search'), body: searchBody([], 1, []) },
    searchAnswer,
  );
  return data.total;
}

/**
 * Reads the changed records in the order of their ids. Every call is the first page of a new search for ids
 * above the last one, so the limit of 10,000 results per search is never reached, even when many records
 * share a stamp.
 */
async function* searched(
  api: HubspotApi,
  { object, fields, since, resume }: PullRequest & { readonly since: string },
  now: () => Date,
): AsyncIterable<Found> {
  const properties = propertiesFor(object, fields);
  const changed = {
    propertyName: modifiedProperty(object),
    operator: 'GTE',
    value: String(Date.parse(since)),
  };
  const path = objectPath(object, '/search');
  let after = resume ?? '0';
  let serverTime: string | null = null;
  let all: number | null = null;
  for (;;) {
    const askedAt = now();
    const filters = [
      changed,
      ...(after === '0' ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: after }]),
    ];
    const answer = await api.send(
      { method: 'POST', path, body: searchBody(filters, searchSize, properties) },
      searchAnswer,
    );
    serverTime ??= timeIn(answer, path);
    const { results, total } = answer.data;
    if (after === '0') all = total;
    after = results.at(-1)?.id ?? after;
    yield { records: results, resume: after, total: all, askedAt, serverTime };
    if (results.length === 0 || total <= results.length) return;
  }
}

/** HubSpot requires all five keys, even when they are empty. */
const searchBody = (filters: readonly object[], limit: number, properties: readonly string[]): object => ({
  after: '0',
  filterGroups: filters.length > 0 ? [{ filters }] : [],
  limit,
  properties,
  sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
});

function timeIn({ serverTime }: { readonly serverTime: string | null }, path: string): string {
  if (serverTime === null)
    throw new ConnectorError(
      unreadable(path, 'it has no Date header, so there is no time from which the next read could start'),
    );
  return serverTime;
}
