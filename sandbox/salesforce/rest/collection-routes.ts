import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { ApiError, rowError, toRowResult } from './api-error.ts';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import { toRecordBody } from './record-body.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import type { Fields, Writer } from '#sandbox/salesforce/records/writer.ts';

const maxRows = 200;
const maxTypeChunks = 10;

interface CollectionBody {
  readonly allOrNone?: boolean;
  readonly records?: readonly Fields[];
}

/** Up to 200 records a call, each with its own result, in the order sent. */
export function collectionRoutes(app: FastifyInstance, api: Api): void {
  app.post('/composite/sobjects', (request, reply) => {
    const collection = collectionOf(request);
    noteWrites(api, request, 'create', collection);
    return reply.send(
      saveEach(api, request, collection, (writer, record) => ({
        id: writer.insert(typeOf(api, request, record), fieldsOf(record)),
      })),
    );
  });

  app.patch('/composite/sobjects', (request, reply) => {
    const collection = collectionOf(request);
    noteWrites(api, request, 'update', collection);
    return reply.send(
      saveEach(api, request, collection, (writer, record) => ({
        id: writer.update(typeOf(api, request, record), record['id'] ?? record['Id'], fieldsOf(record)),
      })),
    );
  });

  app.patch('/composite/sobjects/:object/:field', (request, reply) => {
    const collection = collectionOf(request);
    const params = request.params as { object: string; field: string };
    const object = api.object(request, params.object);
    const key = api.schema(request).field(object, params.field);
    noteWrites(api, request, 'upsert', collection);
    if (!key || !(key.externalId || key.type === 'id')) {
      throw new ApiError(
        400,
        'INVALID_FIELD',
        `Field name provided, ${params.field} does not match an External ID, Salesforce Id, or indexed field for ${object.name}`,
      );
    }
    return reply.send(
      saveEach(api, request, collection, (writer, record) => {
        typeOf(api, request, record);
        const { [key.name]: value, ...rest } = fieldsOf(record);
        return writer.upsert(object, key, key.type === 'id' ? record['id'] : value, rest);
      }),
    );
  });

  app.delete('/composite/sobjects', (request, reply) => {
    const query = request.query as { ids?: string; allOrNone?: string };
    const ids = (query.ids ?? '').split(',').filter(Boolean);
    limited(ids.length);
    api.note(request, `batch delete × ${ids.length}`);
    const body = { allOrNone: query.allOrNone === 'true', items: ids };
    return reply.send(
      saveEach(api, request, body, (writer, id) => ({ id: writer.remove(objectOf(api, id), id) })),
    );
  });

  app.post('/composite/sobjects/:object', (request, reply) => reply.send(retrieve(api, request)));
}

/** Records by id, in the order asked for, null where there is none; deleted and hidden ones count as none. */
function retrieve(api: Api, request: FastifyRequest): unknown[] {
  const { version, object: name } = request.params as { version: string; object: string };
  const object = api.object(request, name);
  const { ids = [], fields = [] } = request.body as { ids?: string[]; fields?: string[] };
  if (ids.length > 2000)
    throw new ApiError(400, 'MALFORMED_QUERY', 'the number of ids must not be greater than 2000');
  api.note(request, `batch read ${object.name} × ${ids.length}`);
  const columns = fields.map((fieldName) => {
    const field = api.schema(request).field(object, fieldName);
    if (!field)
      throw new ApiError(
        400,
        'INVALID_FIELD',
        `No such column '${fieldName}' on sobject of type ${object.name}`,
      );
    return { field, parents: [] };
  });
  return ids.map((rawId) => {
    const id = toId18(rawId);
    if (!id) throw new ApiError(400, 'MALFORMED_ID', `malformed id ${rawId}`);
    const row = api.org.row(object.name, id);
    return row && !row['IsDeleted'] && !api.org.sight.hides(id) && api.schema(request).sees(object, row)
      ? toRecordBody(api.org, version, object, columns, row)
      : null;
  });
}

type Saved = { readonly id: string; readonly created?: boolean };

interface Collection<T> {
  readonly items: readonly T[];
  readonly allOrNone: boolean;
}

function saveEach<T>(
  api: Api,
  request: FastifyRequest,
  { items, allOrNone }: Collection<T>,
  save: (writer: Writer, item: T) => Saved,
): object[] {
  const writer = api.writer(request);
  const mark = writer.mark();
  return api.org.store.batch(() => {
    const results: object[] = [];
    let failed = false;
    for (const [row, item] of items.entries()) {
      try {
        api.strikeRow(request, row);
        results.push({ ...save(writer, item), success: true, errors: [] });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failed = true;
        results.push(toRowResult(error));
      }
    }
    if (!failed || !allOrNone) return results;
    writer.rollBack(mark);
    const rolledBack = rowError(
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'Record rolled back because not all records were valid and the request was using AllOrNone header',
    );
    return results.map((result) => ('id' in result ? toRowResult(rolledBack) : result));
  });
}

function collectionOf(request: FastifyRequest): Collection<Fields> {
  const { records, allOrNone = false } = (request.body ?? {}) as CollectionBody;
  if (!Array.isArray(records)) throw new ApiError(400, 'REQUIRED_FIELD_MISSING', 'records is required');
  limited(records.length);
  const types = (records as Fields[]).map(typeName);
  if (types.filter((type, n) => n === 0 || type !== types[n - 1]).length > maxTypeChunks) {
    throw new ApiError(
      400,
      'INVALID_INPUT',
      `Cannot save more than ${maxTypeChunks} chunks of objects in one call; sort the records by type`,
    );
  }
  return { items: records as Fields[], allOrNone };
}

function limited(count: number): void {
  if (count > maxRows)
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${maxRows} records in this batch`,
    );
}

const typeName = (record: Fields): string =>
  String((record['attributes'] as { type?: string } | undefined)?.type ?? '');

function typeOf(api: Api, request: FastifyRequest, record: Fields): ObjectDef {
  const object = api.schema(request).object(typeName(record));
  if (!object) throw rowError('INVALID_TYPE', `sObject type '${typeName(record)}' is not supported.`);
  return object;
}

function objectOf(api: Api, rawId: string): ObjectDef {
  const object = api.org.objectOfId(rawId);
  if (!object) throw rowError('MALFORMED_ID', `malformed id ${rawId}`);
  return object;
}

function fieldsOf(record: Fields): Fields {
  const { attributes: _attributes, id: _id, Id: _otherId, ...fields } = record;
  return fields;
}

function noteWrites(api: Api, request: FastifyRequest, verb: string, { items }: Collection<Fields>): void {
  api.note(request, `batch ${verb} ${[...new Set(items.map(typeName))].join(', ')} × ${items.length}`);
}
