import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actingAs, peoplesSources, person, type Actor } from './actor.ts';
import { appsOf, createApp, findApp, issueToken, setInstalled } from './apps.ts';
import { associate } from './records/associations.ts';
import { notFound } from './errors.ts';
import { parse } from './input.ts';
import {
  archiveRecord,
  eraseRecord,
  mergeRecords,
  restoreRecord,
  touchRecords,
} from './records/lifecycle.ts';
import type { Allowance, RateLimits } from './limits.ts';
import { resolveType, type ObjectType } from './schema/object-types.ts';
import { setValidations, validationSchema, validationsOf } from './schema/property-validations.ts';
import { stamp, type Portal } from './portal.ts';
import {
  checkValues,
  createRecord,
  findRecord,
  recordsOf,
  renderRecord,
  requireRecord,
  updateRecord,
  type CrmRecord,
} from './records/records.ts';
import { changePortalSettings, settingsOf, settingsSchema, type Settings } from './settings.ts';
import { checkWrite, ruleSchema, rulesOf, setRules } from './schema/write-rules.ts';

const id = z.coerce.string();
const byWhom = { objectType: z.string(), userId: z.number().int().default(7_001) };
const editSchema = z.strictObject({
  ...byWhom,
  id: id.optional(),
  properties: z.record(z.string(), z.unknown()),
  source: z.enum(peoplesSources).default('CRM_UI'),
});
const recordSchema = z.strictObject({ ...byWhom, id });
const mergeSchema = z.strictObject({ ...byWhom, primaryId: id, otherId: id });
const associateSchema = z.strictObject({
  ...byWhom,
  id,
  toObjectType: z.string(),
  toId: id,
  typeId: z.number().int().nullable().default(null),
});
const touchSchema = z.strictObject({
  objectType: z.string(),
  ids: z.array(id).optional(),
  at: z.iso.datetime().optional(),
});
const count = z.number().int().min(0);
const limitsSchema = z
  .strictObject({ perTenSeconds: count, oauthPerTenSeconds: count, perDay: count, searchesPerSecond: count })
  .partial();

/**
 * `/sandbox/…`: what happens in an account without an API: people at work, admins, time. Needs no token and
 * counts against no limit.
 */
export function hubspotControlRoutes(app: FastifyInstance, portal: Portal, limits: RateLimits): void {
  peopleRoutes(app, portal);

  app.post('/sandbox/touch', (request) => {
    const { objectType, ids, at } = parse(touchSchema, request.body);
    const type = resolveType(portal, objectType);
    const records =
      ids?.map((one) => requireRecord(portal, type, one)) ??
      [...recordsOf(portal, type).values()].filter((one) => !one.archived);
    const updatedAt = at === undefined ? stamp(portal) : new Date(at).toISOString();
    portal.store.batch(() => touchRecords(portal, type, records, updatedAt));
    return { touched: records.length, updatedAt };
  });

  app.get('/sandbox/settings', () => settingsOf(portal));
  app.patch('/sandbox/settings', (request) => {
    // Defaults belong to the account, not to a change of it.
    const asked = parse(z.record(z.string(), z.unknown()), request.body);
    const all = parse(settingsSchema, { ...settingsOf(portal), ...asked });
    return changePortalSettings(portal, all satisfies Settings);
  });

  app.get('/sandbox/limits', () => limits.allowance);
  app.patch('/sandbox/limits', (request) => {
    const changes = parse(limitsSchema, request.body) as Partial<Allowance>;
    limits.allowance = { ...limits.allowance, ...changes };
    return limits.allowance;
  });

  app.get('/sandbox/rules', () => ({ rules: rulesOf(portal) }));
  app.put('/sandbox/rules', (request) => {
    setRules(portal, parse(z.strictObject({ rules: z.array(ruleSchema) }), request.body).rules);
    return { rules: rulesOf(portal) };
  });

  app.get('/sandbox/validations', () => ({ validations: validationsOf(portal) }));
  app.put('/sandbox/validations', (request) => {
    setValidations(
      portal,
      parse(z.strictObject({ validations: z.array(validationSchema) }), request.body).validations,
    );
    return { validations: validationsOf(portal) };
  });

  appRoutes(app, portal);
}

/** A rep at work: what is done here counts as `CRM_UI`, by that user. */
function peopleRoutes(app: FastifyInstance, portal: Portal): void {
  const shown = (type: ObjectType, record: CrmRecord): object =>
    renderRecord(type, record, Object.keys(record.properties));
  const as = <T>(userId: number, work: () => T, source?: Actor['source']): T =>
    actingAs(person(userId, source), () => portal.store.batch(work));

  app.post('/sandbox/edit', (request) => {
    const { objectType, id: editedId, properties, userId, source } = parse(editSchema, request.body);
    const type = resolveType(portal, objectType);
    const record = editedId === undefined ? undefined : requireRecord(portal, type, editedId);
    const values = checkValues(portal, type, properties);
    checkWrite(portal, type, record, values);
    return as(
      userId,
      () =>
        shown(type, record ? updateRecord(portal, type, record, values) : createRecord(portal, type, values)),
      source,
    );
  });

  app.post('/sandbox/archive', (request, reply) => {
    const { objectType, id: archivedId, userId } = parse(recordSchema, request.body);
    const type = resolveType(portal, objectType);
    const record = findRecord(portal, type, archivedId);
    if (record) as(userId, () => archiveRecord(portal, type, record));
    return reply.code(204).send();
  });

  app.post('/sandbox/restore', (request) => {
    const { objectType, id: restoredId, userId } = parse(recordSchema, request.body);
    const type = resolveType(portal, objectType);
    return as(userId, () => shown(type, restoreRecord(portal, type, restoredId)));
  });

  app.post('/sandbox/erase', (request, reply) => {
    const { objectType, id: erasedId, userId } = parse(recordSchema, request.body);
    as(userId, () => eraseRecord(portal, resolveType(portal, objectType), erasedId, null));
    return reply.code(204).send();
  });

  app.post('/sandbox/merge', (request) => {
    const { objectType, primaryId, otherId, userId } = parse(mergeSchema, request.body);
    const type = resolveType(portal, objectType);
    return as(userId, () => shown(type, mergeRecords(portal, type, primaryId, otherId)));
  });

  app.post('/sandbox/associate', (request, reply) => {
    const asked = parse(associateSchema, request.body);
    const from = { type: resolveType(portal, asked.objectType), id: asked.id };
    const to = { type: resolveType(portal, asked.toObjectType), id: asked.toId };
    as(asked.userId, () => associate(portal, from, to, asked.typeId));
    return reply.code(204).send();
  });
}

/**
 * The account's apps: an OAuth app is created installed, with its first tokens, as after a customer has
 * agreed.
 */
function appRoutes(app: FastifyInstance, portal: Portal): void {
  app.get('/sandbox/apps', () => ({ results: appsOf(portal) }));

  app.post('/sandbox/apps', (request, reply) => {
    parse(z.strictObject({}), request.body);
    const created = createApp(portal, 'oauth');
    const [access, refresh] = [issueToken(portal, created, 'access'), issueToken(portal, created, 'refresh')];
    return reply.code(201).send({
      ...created,
      accessToken: access.token,
      refreshToken: refresh.token,
      expiresAt: access.expiresAt,
    });
  });

  app.post<{ Params: { appId: string; action: string } }>('/sandbox/apps/:appId/:action', (request) => {
    const found = findApp(portal, Number(request.params.appId));
    const { action } = request.params;
    if (!found || (action !== 'install' && action !== 'uninstall'))
      throw notFound(`Cannot ${action} app ${request.params.appId}`);
    return setInstalled(portal, found, action === 'install');
  });
}
