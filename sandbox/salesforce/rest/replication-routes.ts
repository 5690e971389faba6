import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { parseInstant, toStamp } from '#sandbox/salesforce/records/times.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const daysCovered = 30;

/** A span of whole minutes: Salesforce ignores the seconds. */
interface Span {
  readonly from: string;
  readonly to: string;
}

/** Which records changed and which are gone in a span of time, without a query. */
export function replicationRoutes(app: FastifyInstance, api: Api): void {
  app.get('/sobjects/:object/updated', (request, reply) => {
    const object = objectOf(api, request, 'updated');
    const span = spanOf(api.org, request);
    const ids = rowsIn(api.org, object, span)
      .filter((row) => !row['IsDeleted'] && api.schema(request).sees(object, row))
      .map((row) => row.Id);
    return reply.send({ ids, latestDateCovered: latestCovered(api.org, span) });
  });

  app.get('/sobjects/:object/deleted', (request, reply) => {
    const object = objectOf(api, request, 'deleted');
    const span = spanOf(api.org, request);
    const earliest = earliestDeleted(api.org);
    if (span.from < earliest)
      throw invalidDate(`startDate is before ${earliest}, the earliest date available`);
    const deletedRecords = rowsIn(api.org, object, span)
      .filter((row) => row['IsDeleted'])
      .map((row) => ({ id: row.Id, deletedDate: row['SystemModstamp'] }));
    return reply.send({
      deletedRecords,
      earliestDateAvailable: earliest,
      latestDateCovered: latestCovered(api.org, span),
    });
  });
}

function objectOf(api: Api, request: FastifyRequest, what: string): ObjectDef {
  const object = api.object(request, (request.params as { object: string }).object);
  api.note(request, `${what} ${object.name}`);
  return object;
}

const invalidDate = (message: string): ApiError => new ApiError(400, 'INVALID_REPLICATION_DATE', message);

function spanOf(org: Org, request: FastifyRequest): Span {
  const { start = '', end = '' } = request.query as { start?: string; end?: string };
  const [fromMs, toMs] = [wholeMinute(start), wholeMinute(end)];
  if (fromMs < wholeMinute(org.stamp()) - daysCovered * dayMs)
    throw invalidDate('startDate cannot be more than 30 days ago');
  if (toMs <= fromMs) throw invalidDate('endDate must be at least one minute greater than startDate');
  return { from: toStamp(new Date(fromMs)), to: toStamp(new Date(toMs)) };
}

/** A `+` that a client left bare arrives as a space. */
function wholeMinute(text: string): number {
  const instant = parseInstant(text.replace(' ', '+'));
  if (!instant) throw new ApiError(400, 'INVALID_FIELD', `not a dateTime: ${text}`);
  return Math.floor(Date.parse(instant) / minuteMs) * minuteMs;
}

function rowsIn(org: Org, object: ObjectDef, { from, to }: Span): Row[] {
  const rows: Row[] = [];
  for (const row of org.rows(object.name).values()) {
    const seen = org.sight.fresh(row);
    const stamp = String(seen?.['SystemModstamp']);
    if (seen && stamp >= from && stamp <= to) rows.push(seen);
  }
  return rows;
}

/**
 * The end of the complete part of the answer: at most now, and before any transaction whose rows are not
 * visible yet. The next span starts here.
 */
function latestCovered(org: Org, { to }: Span): string {
  return [to, org.stamp(), org.sight.oldestUnseen() ?? to].toSorted()[0] ?? to;
}

function earliestDeleted(org: Org): string {
  const oldest = toStamp(new Date(wholeMinute(org.stamp()) - daysCovered * dayMs));
  const purgedAt = String(org.store.collection('salesforce:#purge').get('org')?.['at'] ?? oldest);
  return purgedAt > oldest ? purgedAt : oldest;
}
