import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { currentId } from '#sandbox/hubspot/aliases.ts';
import { associate, associationsOf, associationTypes } from './associations.ts';
import { invalid, notFound } from '#sandbox/hubspot/errors.ts';
import { listParameter, parse } from '#sandbox/hubspot/input.ts';
import { archiveRecord } from './lifecycle.ts';
import { objectTypes, resolveType, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import {
  checkValues,
  createRecord,
  findByUnique,
  findRecord,
  recordsOf,
  renderRecord,
  requireRecord,
  updateRecord,
  type CrmRecord,
} from './records.ts';
import { checkHistorySize, viewRecord } from './record-view.ts';
import { search, searchSchema } from './search.ts';
import { checkWrite } from '#sandbox/hubspot/schema/write-rules.ts';

interface TypeRoute {
  Params: { objectType: string };
}
interface RecordRoute {
  Params: { objectType: string; id: string };
  Querystring: { idProperty?: string; archived?: string };
}

const typeSchema = z.object({ associationTypeId: z.number().int() });
export const associationsSchema = z
  .array(z.object({ to: z.object({ id: z.coerce.string() }), types: z.array(typeSchema).min(1) }))
  .optional();
const createSchema = z.object({
  properties: z.record(z.string(), z.unknown()),
  associations: associationsSchema,
});
const updateSchema = createSchema.pick({ properties: true });
const shownSchema = z.object({
  properties: listParameter,
  propertiesWithHistory: listParameter,
  associations: listParameter,
});
type Shown = z.infer<typeof shownSchema>;
const listSchema = shownSchema.extend({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  after: z.coerce.number().int().default(0),
  archived: z.literal(['true', 'false']).default('false'),
});

/** `/crm/objects/<version>/<type>`: list, create, read, update, archive and search. */
export function objectRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  const typeOf = (request: { params: { objectType: string } }): ObjectType =>
    resolveType(portal, request.params.objectType);
  const recordOf = (
    request: { params: { id: string }; query: { idProperty?: string } },
    type: ObjectType,
  ): CrmRecord => {
    const { idProperty } = request.query;
    const found =
      idProperty === undefined ? undefined : findByUnique(portal, type, idProperty, request.params.id);
    return found ?? requireRecord(portal, type, request.params.id);
  };

  /** An id that was merged away is read as its survivor, but can no longer be written to. */
  const readOf = (request: Parameters<typeof recordOf>[0], type: ObjectType): CrmRecord =>
    recordOf({ params: { id: currentId(portal, type, request.params.id) }, query: request.query }, type);

  app.get<TypeRoute>(`${prefix}/:objectType`, (request) => {
    const type = typeOf(request);
    const { limit, after, archived, ...shown } = parse(listSchema, request.query);
    checkHistorySize(shown.propertiesWithHistory, limit);
    const rest = [...recordsOf(portal, type).values()]
      .filter((record) => record.archived === (archived === 'true') && Number(record.id) > after)
      .sort((a, b) => Number(a.id) - Number(b.id));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const results = page.map((record) => withAssociations(portal, type, record, shown));
    return last && rest.length > limit
      ? { results, paging: { next: { after: last.id, link: `?after=${last.id}` } } }
      : { results };
  });

  app.post<TypeRoute>(`${prefix}/:objectType`, (request, reply) => {
    const input = parse(createSchema, request.body);
    const write = createWithAssociations(portal, typeOf(request), input);
    return reply.code(201).send(portal.store.batch(write));
  });

  app.get<RecordRoute>(`${prefix}/:objectType/:id`, (request) => {
    const type = typeOf(request);
    const shown = parse(shownSchema, request.query);
    const { id } = request.params;
    if (request.query.archived !== 'true')
      return withAssociations(portal, type, readOf(request, type), shown);
    const archived = recordsOf(portal, type).get(id);
    if (!archived?.archived)
      throw notFound(`No archived ${type.name} with ID ${id} exists`, { context: { ids: [id] } });
    return withAssociations(portal, type, archived, shown);
  });

  app.patch<RecordRoute>(`${prefix}/:objectType/:id`, (request) => {
    const type = typeOf(request);
    const { properties } = parse(updateSchema, request.body);
    const record = recordOf(request, type);
    const values = checkValues(portal, type, properties);
    checkWrite(portal, type, record, values);
    return renderRecord(type, updateRecord(portal, type, record, values), Object.keys(values));
  });

  app.delete<RecordRoute>(`${prefix}/:objectType/:id`, (request, reply) => {
    const type = typeOf(request);
    const record = findRecord(portal, type, request.params.id);
    if (record) archiveRecord(portal, type, record);
    return reply.code(204).send();
  });

  app.post<TypeRoute>(`${prefix}/:objectType/search`, (request) => {
    const type = typeOf(request);
    const asked = parse(searchSchema, request.body);
    const { total, records, next } = search(portal, type, asked);
    const results = records.map((record) => renderRecord(type, record, asked.properties));
    return next === null ? { total, results } : { total, results, paging: { next: { after: next } } };
  });
}

/** Checks everything of a new record; what is returned then writes it with its associations. */
export function createWithAssociations(
  portal: Portal,
  type: ObjectType,
  input: z.infer<typeof createSchema>,
): () => object {
  const values = checkValues(portal, type, input.properties);
  checkWrite(portal, type, undefined, values);
  const links = (input.associations ?? []).flatMap(({ to, types }) =>
    types.map(({ associationTypeId }) => linkTo(portal, type, to.id, associationTypeId)),
  );
  return () => {
    const record = createRecord(portal, type, values);
    for (const link of links) associate(portal, { type, id: record.id }, link.to, link.typeId);
    return renderRecord(type, record, Object.keys(values));
  };
}

/** A type id alone says which kind of record the other end is. */
function linkTo(
  portal: Portal,
  from: ObjectType,
  id: string,
  typeId: number,
): { readonly to: { readonly type: ObjectType; readonly id: string }; readonly typeId: number } {
  const type = objectTypes(portal).find((candidate) =>
    associationTypes(portal, from, candidate).some((known) => known.typeId === typeId),
  );
  if (!type) throw invalid(`The association type ${typeId} does not exist for ${from.name}`);
  requireRecord(portal, type, id);
  return { to: { type, id }, typeId };
}

function withAssociations(portal: Portal, type: ObjectType, record: CrmRecord, shown: Shown): object {
  const rendered = viewRecord(portal, type, record, shown.properties, shown.propertiesWithHistory);
  const associations = shown.associations.flatMap((spelling) => {
    const to = resolveType(portal, spelling);
    const known = associationTypes(portal, type, to);
    const results = associationsOf(portal, type, record.id, to)
      .filter((other) => findRecord(portal, to, other.id))
      .flatMap((other) =>
        other.typeIds.map((typeId) => ({
          id: other.id,
          type: associationName(type, to, known.find((one) => one.typeId === typeId)?.label ?? null),
        })),
      );
    return results.length > 0 ? [[to.plural, { results }] as const] : [];
  });
  return associations.length > 0 ? { ...rendered, associations: Object.fromEntries(associations) } : rendered;
}

const associationName = (from: ObjectType, to: ObjectType, label: string | null): string =>
  `${from.name}_to_${to.name}${label === null ? '_unlabeled' : ''}`;
