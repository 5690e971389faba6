import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rowError } from './rest/api-error.ts';
import { adminUser } from './bootstrap.ts';
import type { ChangeEvent } from './events/change-event.ts';
import { toId18 } from './records/ids.ts';
import { mergeAccounts } from './records/merge.ts';
import { originOf } from './auth/oauth.ts';
import type { Org } from './records/org.ts';
import { emptyBin, undelete } from './records/recycle-bin.ts';
import { readInput } from './rest/read-input.ts';
import { authorize } from './auth/refresh-tokens.ts';
import { showRules } from './metadata/rule-metadata.ts';
import { conditionQuery } from './records/rules.ts';
import { changeOrgSettings, settingsOf, settingsSchema } from './settings.ts';
import { planQuery } from './soql/plan.ts';

const id = z.string().transform((text, context) => {
  const id18 = toId18(text);
  if (id18) return id18;
  context.addIssue('not a record id');
  return z.NEVER;
});
const undeleteSchema = z.strictObject({ id });
const hideSchema = z.strictObject({ ids: z.array(id) });
const mergeSchema = z.strictObject({ masterId: id, loserIds: z.array(id).min(1).max(2) });

const gapSchema = z.strictObject({
  object: z.string(),
  ids: z.array(id).default([]),
  type: z.enum(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE', 'OVERFLOW']),
});
const garbleSchema = z.strictObject({ object: z.string(), ids: z.array(id).min(1) });

/**
 * Actions that people do in the org's user interface. Tests call them over HTTP; they are not part of a
 * Salesforce API.
 */
export function orgControlRoutes(app: FastifyInstance, org: Org): void {
  app.get('/sandbox/settings', (_request, reply) => reply.send(settingsOf(org)));

  app.patch('/sandbox/settings', (request, reply) => {
    const changes = readInput(settingsSchema.partial(), request.body);
    for (const rule of changes.validationRules ?? []) planQuery(org, org.schema(), conditionQuery(rule));
    const settings = changeOrgSettings(org, changes);
    org.store.batch(() => showRules(org, settings));
    return reply.send(settings);
  });

  app.post('/sandbox/undelete', (request, reply) => {
    const input = readInput(undeleteSchema, request.body);
    org.store.batch(() => undelete(org, input.id));
    return reply.send({ id: input.id });
  });

  app.post('/sandbox/empty-bin', (_request, reply) =>
    reply.send({ purged: org.store.batch(() => emptyBin(org)) }),
  );

  app.post('/sandbox/hide', (request, reply) => {
    const { ids } = readInput(hideSchema, request.body);
    org.sight.hide(ids);
    return reply.send({ hidden: ids.length });
  });

  app.post('/sandbox/merge', (request, reply) => {
    const { masterId, loserIds } = readInput(mergeSchema, request.body);
    org.store.batch(() => mergeAccounts(org, masterId, loserIds));
    return reply.send({ id: masterId, mergedRecordIds: loserIds });
  });

  app.post('/sandbox/gap', (request, reply) => {
    const { object, ids, type } = readInput(gapSchema, request.body);
    return reply.send({ replayId: emit(org, { entity: object, recordIds: ids, changeType: `GAP_${type}` }) });
  });

  app.post('/sandbox/garble', (request, reply) => {
    const { object, ids } = readInput(garbleSchema, request.body);
    return reply.send({
      replayId: emit(org, { entity: object, recordIds: ids, changeType: 'UPDATE', garbled: true }),
    });
  });

  app.post('/sandbox/forget-events', (_request, reply) => {
    org.store.batch(() => org.events.forget());
    return reply.send({ latestReplayId: org.events.latest() });
  });

  app.post('/sandbox/authorizations', (request, reply) =>
    reply.send({ ...org.store.batch(() => authorize(org)), instanceUrl: originOf(request) }),
  );
}

/** An event that no change of a record wrote. Gives its replay id. */
function emit(
  org: Org,
  event: Pick<ChangeEvent, 'entity' | 'recordIds' | 'changeType'> & { readonly garbled?: true },
): number {
  if (!org.schema().object(event.entity))
    throw rowError('INVALID_TYPE', `sObject type '${event.entity}' is not supported.`);
  const made = {
    origin: '',
    transactionKey: randomUUID(),
    sequence: 1,
    userId: adminUser(org).Id,
    at: org.now().toISOString(),
  };
  return org.store.batch(() => org.events.append({ ...event, ...made, values: {}, changed: [] }));
}
