import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';
import { describeBrief, describeOrgObject } from './describe.ts';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import { describeRecordTypes } from '#sandbox/salesforce/records/record-types.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import { picklistRoutes } from './picklist-routes.ts';
import { toRecordBody } from './record-body.ts';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { toStored } from '#sandbox/salesforce/records/values.ts';
import type { Fields } from '#sandbox/salesforce/records/writer.ts';

interface RecordParams {
  readonly version: string;
  readonly object: string;
  readonly id: string;
  readonly field: string;
  readonly value: string;
}
const paramsOf = (request: FastifyRequest): RecordParams => request.params as RecordParams;
const saved = (id: string, created: boolean): object => ({ id, success: true, errors: [], created });

/** Describes, the values of picklists, and single records by id or by external id. */
export function recordRoutes(app: FastifyInstance, api: Api): void {
  describeRoutes(app, api);
  picklistRoutes(app, api);
  byIdRoutes(app, api);
  byKeyRoutes(app, api);
}

function describeRoutes(app: FastifyInstance, api: Api): void {
  app.get('/sobjects', (request, reply) => {
    api.note(request, 'describe global');
    const { version } = paramsOf(request);
    return reply.send({
      encoding: 'UTF-8',
      maxBatchSize: 200,
      sobjects: api
        .schema(request)
        .objects()
        .map((object) => describeBrief(version, object)),
    });
  });

  app.get('/sobjects/:object/describe', (request, reply) => {
    const { version, object } = paramsOf(request);
    api.note(request, `describe ${object}`);
    const described = api.object(request, object);
    const types = describeRecordTypes(api.org, described);
    return reply.send(describeOrgObject(version, api.schema(request), described, types));
  });
}

function byIdRoutes(app: FastifyInstance, api: Api): void {
  app.post('/sobjects/:object', (request, reply) => {
    const object = api.object(request, paramsOf(request).object);
    api.note(request, `create ${object.name}`);
    api.strikeRow(request, 0);
    const id = api.org.store.batch(() => api.writer(request).insert(object, request.body as Fields));
    return reply.status(201).send({ id, success: true, errors: [] });
  });

  app.get('/sobjects/:object/:id', (request, reply) => {
    const { version, id } = paramsOf(request);
    const object = api.object(request, paramsOf(request).object);
    api.note(request, `read ${object.name}`);
    return reply.send(
      toRecordBody(
        api.org,
        version,
        object,
        columnsFor(api, request, object),
        readable(api, request, object, id),
      ),
    );
  });

  app.patch('/sobjects/:object/:id', (request, reply) => {
    const object = api.object(request, paramsOf(request).object);
    api.note(request, `update ${object.name}`);
    api.strikeRow(request, 0);
    const row = readable(api, request, object, paramsOf(request).id);
    api.org.store.batch(() => api.writer(request).update(object, row.Id, request.body as Fields));
    return reply.status(204).send();
  });

  app.delete('/sobjects/:object/:id', (request, reply) => {
    const object = api.object(request, paramsOf(request).object);
    api.note(request, `delete ${object.name}`);
    api.strikeRow(request, 0);
    const row = readable(api, request, object, paramsOf(request).id);
    api.org.store.batch(() => api.writer(request).remove(object, row.Id));
    return reply.status(204).send();
  });
}

function byKeyRoutes(app: FastifyInstance, api: Api): void {
  app.get('/sobjects/:object/:field/:value', (request, reply) => {
    const { version, value } = paramsOf(request);
    const { object, field } = keyed(api, request);
    api.note(request, `read ${object.name} by ${field.name}`);
    const row = api.org.byUnique(object, field, toStored(api.org, field, value));
    if (!row || api.org.sight.hides(row.Id) || !api.schema(request).sees(object, row)) throw notFound();
    return reply.send(toRecordBody(api.org, version, object, columnsFor(api, request, object), row));
  });

  app.patch('/sobjects/:object/:field/:value', (request, reply) => {
    const { object, field } = keyed(api, request);
    api.note(request, `upsert ${object.name} by ${field.name}`);
    api.strikeRow(request, 0);
    const { id, created } = api.org.store.batch(() =>
      api.writer(request).upsert(object, field, paramsOf(request).value, request.body as Fields),
    );
    return reply.status(created ? 201 : 200).send(saved(id, created));
  });
}

const notFound = (): ApiError => new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');

/** The live record of an id in a path. */
function readable(api: Api, request: FastifyRequest, object: ObjectDef, rawId: string): Row {
  const id = toId18(rawId);
  const row = id ? api.org.row(object.name, id) : null;
  if (!row || api.org.sight.hides(row.Id) || !api.schema(request).sees(object, row)) throw notFound();
  if (row['IsDeleted']) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return row;
}

function columnsFor(
  api: Api,
  request: FastifyRequest,
  object: ObjectDef,
): { field: FieldDef; parents: [] }[] {
  const { fields } = request.query as { fields?: string };
  if (!fields) return object.fields.map((field) => ({ field, parents: [] }));
  return fields.split(',').map((name) => {
    const field = api.schema(request).field(object, name);
    if (!field)
      throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    return { field, parents: [] };
  });
}

function keyed(api: Api, request: FastifyRequest): { object: ObjectDef; field: FieldDef } {
  const object = api.object(request, paramsOf(request).object);
  const field = api.schema(request).field(object, paramsOf(request).field);
  if (!field || !(field.externalId || field.type === 'id')) {
    throw new ApiError(
      404,
      'NOT_FOUND',
      'Provided external ID field does not exist or is not accessible: ' + paramsOf(request).field,
    );
  }
  return { object, field };
}
