import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { currentId } from '#sandbox/hubspot/aliases.ts';
import { checkDistinct, checkSize, complete, writeBatch, type BatchAnswer } from './batch.ts';
import { HubspotError, invalid } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { archiveRecord } from './lifecycle.ts';
import { associationsSchema, createWithAssociations } from './object-routes.ts';
import { resolveType, shouted, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import {
  checkValues,
  createRecord,
  findByUnique,
  findRecord,
  recordsOf,
  renderRecord,
  requireRecord,
  unknownProperties,
  updateRecord,
  type CrmRecord,
} from './records.ts';
import { checkHistorySize, viewRecord } from './record-view.ts';
import { checkWrite } from '#sandbox/hubspot/schema/write-rules.ts';

interface BatchRoute {
  Params: { objectType: string };
  Querystring: { archived?: string };
}

const idSchema = z.coerce.string();
const properties = z.record(z.string(), z.unknown());
const trace = { objectWriteTraceId: z.string().optional() };
const readSchema = z.object({
  properties: z.array(z.string()),
  propertiesWithHistory: z.array(z.string()),
  inputs: z.array(z.object({ id: idSchema })),
  idProperty: z.string().optional(),
});
const createSchema = z.object({
  inputs: z.array(z.object({ properties, associations: associationsSchema, ...trace })),
});
const updateSchema = z.object({
  inputs: z.array(z.object({ id: idSchema, idProperty: z.string().optional(), properties, ...trace })),
});
const archiveSchema = z.object({ inputs: z.array(z.object({ id: idSchema })) });

/** `/crm/objects/<version>/<type>/batch/{read,create,update,upsert,archive}`, a hundred at a time. */
export function batchRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  const typeOf = (request: { params: { objectType: string } }): ObjectType =>
    resolveType(portal, request.params.objectType);

  app.post<BatchRoute>(`${prefix}/:objectType/batch/read`, (request, reply) =>
    send(
      reply,
      readBatch(portal, typeOf(request), parse(readSchema, request.body), request.query.archived === 'true'),
    ),
  );

  app.post<BatchRoute>(`${prefix}/:objectType/batch/create`, (request, reply) => {
    const type = typeOf(request);
    const { inputs } = parse(createSchema, request.body);
    checkWrites(portal, type, inputs);
    return send(
      reply,
      writeBatch(portal, request, inputs, 201, (input) => createWithAssociations(portal, type, input)),
    );
  });

  app.post<BatchRoute>(`${prefix}/:objectType/batch/update`, (request, reply) => {
    const type = typeOf(request);
    const { inputs } = parse(updateSchema, request.body);
    checkWrites(portal, type, inputs);
    checkDistinct(inputs.map((input) => input.id));
    return send(
      reply,
      writeBatch(portal, request, inputs, 200, (input) => prepareUpdate(portal, type, input)),
    );
  });

  app.post<BatchRoute>(`${prefix}/:objectType/batch/upsert`, (request, reply) => {
    const type = typeOf(request);
    const { inputs } = parse(updateSchema, request.body);
    checkWrites(portal, type, inputs);
    checkDistinct(inputs.map((input) => input.id));
    const without = inputs.find((input) => input.idProperty === undefined);
    if (without)
      throw invalid(`An idProperty is required to upsert; the input with id ${without.id} has none.`);
    return send(
      reply,
      writeBatch(portal, request, inputs, 200, (input) => prepareUpsert(portal, type, input)),
    );
  });

  app.post<BatchRoute>(`${prefix}/:objectType/batch/archive`, async (request, reply) => {
    const type = typeOf(request);
    const { inputs } = parse(archiveSchema, request.body);
    checkSize(inputs);
    portal.store.batch(() => {
      for (const { id } of inputs) {
        const record = findRecord(portal, type, id);
        if (record) archiveRecord(portal, type, record);
      }
    });
    return reply.code(204).send();
  });
}

const send = (reply: FastifyReply, answer: BatchAnswer): FastifyReply =>
  reply.code(answer.status).send(answer.body);

/** A name that no property has is the request's fault, not a row's: HubSpot then refuses all of it. */
function checkWrites(
  portal: Portal,
  type: ObjectType,
  inputs: readonly { readonly properties: Readonly<Record<string, unknown>> }[],
): void {
  checkSize(inputs);
  const first = inputs.find((input) => unknownProperties(portal, type, input.properties).length > 0);
  if (first)
    checkValues(
      portal,
      type,
      Object.fromEntries(unknownProperties(portal, type, first.properties).map((name) => [name, ''])),
    );
}

function readBatch(
  portal: Portal,
  type: ObjectType,
  body: z.infer<typeof readSchema>,
  archived: boolean,
): BatchAnswer {
  checkSize(body.inputs);
  checkHistorySize(body.propertiesWithHistory, body.inputs.length);
  const startedAt = stamp(portal);
  const find = (id: string): CrmRecord | undefined => {
    if (body.idProperty !== undefined) return findByUnique(portal, type, body.idProperty, id);
    const record = recordsOf(portal, type).get(currentId(portal, type, id));
    return record?.archived === archived ? record : undefined;
  };
  const found = body.inputs.map(({ id }) => ({ id, record: find(id) }));
  const results = found.flatMap(({ record }) =>
    record ? [viewRecord(portal, type, record, body.properties, body.propertiesWithHistory)] : [],
  );
  const missing = found.filter(({ record }) => !record).map(({ id }) => id);
  const error = {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: `Could not get some ${shouted(type)} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids: missing },
  };
  return complete(portal, startedAt, 200, results, missing.length > 0 ? [error] : []);
}

type WriteInput = z.infer<typeof updateSchema>['inputs'][number];

function prepareUpdate(portal: Portal, type: ObjectType, input: WriteInput): () => object {
  const record =
    input.idProperty === undefined
      ? findRecord(portal, type, input.id)
      : findByUnique(portal, type, input.idProperty, input.id);
  if (!record) throw missingRow(portal, type, input.id);
  const values = checkValues(portal, type, input.properties);
  checkWrite(portal, type, record, values);
  return () => renderRecord(type, updateRecord(portal, type, record, values), Object.keys(values));
}

function missingRow(portal: Portal, type: ObjectType, id: string): HubspotError {
  const archived = recordsOf(portal, type).has(id) ? 'they are archived' : 'they may be deleted or not exist';
  return new HubspotError(
    404,
    'OBJECT_NOT_FOUND',
    `Could not get some ${shouted(type)} objects, ${archived}. Check that ids are valid.`,
    {
      context: { ids: [id] },
    },
  );
}

function prepareUpsert(portal: Portal, type: ObjectType, input: WriteInput): () => object {
  const idProperty = input.idProperty ?? '';
  const known = findByUnique(portal, type, idProperty, input.id);
  const values = checkValues(
    portal,
    type,
    known ? input.properties : { ...input.properties, [idProperty]: input.id },
  );
  checkWrite(portal, type, known, values);
  return () => {
    const record = known
      ? updateRecord(portal, type, requireRecord(portal, type, known.id), values)
      : createRecord(portal, type, values);
    return { ...renderRecord(type, record, Object.keys(values)), new: !known };
  };
}
