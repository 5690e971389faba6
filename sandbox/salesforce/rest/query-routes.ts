import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { ApiError, rowError } from './api-error.ts';
import { toolingSchema } from '#sandbox/salesforce/events/channel-members.ts';
import { asksForRecordAccess, recordAccess } from './record-access.ts';
import {
  asksForLicences,
  asksForPermissions,
  isWithheld,
  userLicences,
  userPermissions,
} from './user-permissions.ts';
import { toRecordBody } from './record-body.ts';
import { duplicateRuleSchema, refuseManyWithMetadata } from '#sandbox/salesforce/metadata/rule-metadata.ts';
import { planQuery } from '#sandbox/salesforce/soql/plan.ts';
import type { Plan } from '#sandbox/salesforce/soql/plan.ts';

/** A query that has more to give. Salesforce keeps the ten latest for a user. */
interface Cursor {
  readonly plan: Plan;
  readonly ids: readonly string[];
  readonly batchSize: number;
}
const maxCursors = 10;
const maxBatch = 2000;

export function queryRoutes(app: FastifyInstance, api: Api): void {
  const cursors = new Map<string, Cursor>();
  let made = 0;

  const start = (request: FastifyRequest, includeDeleted: boolean): object => {
    const { q } = request.query as { q?: string };
    if (!q) throw new ApiError(400, 'MALFORMED_QUERY', 'A query string has to be specified');
    api.note(request, 'query');
    if (asksForRecordAccess(q)) {
      const records = recordAccess(api, request, q);
      return { totalSize: records.length, done: true, records };
    }
    if (asksForPermissions(q)) return { totalSize: 1, done: true, records: userPermissions(api.org, q) };
    if (asksForLicences(q)) {
      const records = userLicences(api.org, q);
      return { totalSize: records.length, done: true, records };
    }
    const plan = planQuery(
      api.org,
      /\bFROM\s+DuplicateRule\b/i.test(q) ? duplicateRuleSchema : api.schema(request),
      q,
    );
    api.note(request, `query ${plan.object.name}`);
    const rows = plan.select({ includeDeleted });
    if (plan.count) return { totalSize: rows.length, done: true, records: [] };
    const cursor: Cursor = { plan, ids: rows.map((row) => row.Id), batchSize: batchSizeOf(request) };
    if (rows.length <= cursor.batchSize) return page(request, '', cursor, 0);
    made += 1;
    const locator = `01gQy0${String(made).padStart(9, '0')}AAA`;
    cursors.set(locator, cursor);
    for (const oldest of [...cursors.keys()].slice(0, -maxCursors)) cursors.delete(oldest);
    return page(request, locator, cursor, 0);
  };

  const page = (
    request: FastifyRequest,
    locator: string,
    { plan, ids, batchSize }: Cursor,
    from: number,
  ): object => {
    const { version } = request.params as { version: string };
    const end = from + batchSize;
    const rows = ids.slice(from, end).flatMap((id) => {
      const row = api.org.row(plan.object.name, id);
      return (row && api.org.sight.of(row)) ?? [];
    });
    const records = rows.map((row) => toRecordBody(api.org, version, plan.object, plan.columns, row));
    const more =
      end < ids.length ? { nextRecordsUrl: `/services/data/${version}/query/${locator}-${end}` } : {};
    return { totalSize: ids.length, done: end >= ids.length, ...more, records };
  };

  app.get('/query', (request, reply) => reply.send(start(request, false)));
  app.get('/queryAll', (request, reply) => reply.send(start(request, true)));
  /** Metadata of the org by query; only its event channels and validation rules are there. */
  app.get('/tooling/query', (request, reply) => {
    const { q = '' } = request.query as { q?: string };
    const { version } = request.params as { version: string };
    api.note(request, 'tooling query');
    const hidden = api.org.profile.changeEventEntities === null || isWithheld(api.org, 'ViewSetup');
    if (hidden && /\bFROM\s+PlatformEventChannelMember\b/i.test(q))
      throw rowError('INVALID_TYPE', "sObject type 'PlatformEventChannelMember' is not supported.");
    const plan = planQuery(api.org, toolingSchema, q);
    const rows = plan.select({ includeDeleted: false });
    refuseManyWithMetadata(plan, rows);
    const records = rows.map((row) => toRecordBody(api.org, version, plan.object, plan.columns, row));
    return reply.send({ size: records.length, totalSize: records.length, done: true, records });
  });
  app.get('/query/:locator', (request, reply) => {
    const [locator = '', from = ''] = (request.params as { locator: string }).locator.split('-');
    const cursor = cursors.get(locator);
    if (!cursor) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    api.note(request, `query more ${cursor.plan.object.name} from ${from}`);
    return reply.send(page(request, locator, cursor, Number(from)));
  });
}

/** The header is a hint between 200 and 2,000. */
function batchSizeOf(request: FastifyRequest): number {
  const wanted = Number(
    /batchSize=(\d+)/.exec(String(request.headers['sforce-query-options'] ?? ''))?.[1] ?? maxBatch,
  );
  return Math.min(maxBatch, Math.max(200, wanted));
}
