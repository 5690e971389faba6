import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { toId18 } from './ids.ts';
import { mergeAccounts } from './merge.ts';
import { originOf } from './oauth.ts';
import type { Org } from './org.ts';
import { emptyBin, undelete } from './recycle-bin.ts';
import { readInput } from './read-input.ts';
import { authorize } from './refresh-tokens.ts';
import { conditionQuery } from './rules.ts';
import { changeSettings, settingsOf, settingsSchema } from './settings.ts';
import { planQuery } from './soql/plan.ts';

const id = z.string().transform((text, context) => {
  const id18 = toId18(text);
  if (id18) return id18;
  context.addIssue('not a record id');
  return z.NEVER;
});
const undeleteSchema = z.strictObject({ id });
const mergeSchema = z.strictObject({ masterId: id, loserIds: z.array(id).min(1).max(2) });

/** What people do in the org by hand and tests do over HTTP: not part of any Salesforce API. */
export function controlRoutes(app: FastifyInstance, org: Org): void {
  app.get('/sandbox/settings', (_request, reply) => reply.send(settingsOf(org)));

  app.patch('/sandbox/settings', (request, reply) => {
    const changes = readInput(settingsSchema.partial(), request.body);
    for (const rule of changes.validationRules ?? []) planQuery(org, org.schema(), conditionQuery(rule));
    return reply.send(changeSettings(org, changes));
  });

  app.post('/sandbox/undelete', (request, reply) => {
    const input = readInput(undeleteSchema, request.body);
    org.store.batch(() => undelete(org, input.id));
    return reply.send({ id: input.id });
  });

  app.post('/sandbox/empty-bin', (_request, reply) => reply.send({ purged: org.store.batch(() => emptyBin(org)) }));

  app.post('/sandbox/merge', (request, reply) => {
    const { masterId, loserIds } = readInput(mergeSchema, request.body);
    org.store.batch(() => mergeAccounts(org, masterId, loserIds));
    return reply.send({ id: masterId, mergedRecordIds: loserIds });
  });

  app.post('/sandbox/authorizations', (request, reply) =>
    reply.send({ ...org.store.batch(() => authorize(org)), instanceUrl: originOf(request) }),
  );
}
