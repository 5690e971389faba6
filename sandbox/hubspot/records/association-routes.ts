import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { associate, associationsOf, associationTypes, dissociate } from './associations.ts';
import { checkSize, complete, rowError } from './batch.ts';
import { HubspotError } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { resolveType, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import { findRecord } from './records.ts';

interface PairRoute {
  Params: { from: string; to: string };
}

const end = z.object({ id: z.coerce.string() });
const type = z.object({ associationCategory: z.string(), associationTypeId: z.number().int() });
const readSchema = z.object({ inputs: z.array(end) });
const createSchema = z.object({
  inputs: z.array(z.object({ from: end, to: end, types: z.array(type).min(1) })),
});
const defaultSchema = z.object({ inputs: z.array(z.object({ from: end, to: end })) });
const archiveSchema = z.object({ inputs: z.array(z.object({ from: end, to: z.array(end) })) });

/** `/crm/associations/<version>/<from>/<to>`: labels, and batches of 1,000 to read and 2,000 to write. */
export function associationRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  const pairOf = (request: {
    params: { from: string; to: string };
  }): readonly [from: ObjectType, to: ObjectType] => [
    resolveType(portal, request.params.from),
    resolveType(portal, request.params.to),
  ];

  app.get<PairRoute>(`${prefix}/:from/:to/labels`, (request) => ({
    results: associationTypes(portal, ...pairOf(request)).map(({ typeId, label, category }) => ({
      category,
      typeId,
      label,
    })),
  }));

  app.post<PairRoute>(`${prefix}/:from/:to/batch/read`, (request, reply) => {
    const { inputs } = parse(readSchema, request.body);
    checkSize(inputs, 1000);
    const { status, body } = readAssociations(
      portal,
      ...pairOf(request),
      inputs.map((input) => input.id),
    );
    return reply.code(status).send(body);
  });

  app.post<PairRoute>(`${prefix}/:from/:to/batch/create`, (request, reply) => {
    const { inputs } = parse(createSchema, request.body);
    const links = inputs.map(({ from, to, types }) => ({
      from: from.id,
      to: to.id,
      typeIds: types.map((one) => one.associationTypeId),
    }));
    const { status, body } = createAssociations(portal, ...pairOf(request), links, 201);
    return reply.code(status).send(body);
  });

  app.post<PairRoute>(`${prefix}/:from/:to/batch/associate/default`, (request, reply) => {
    const { inputs } = parse(defaultSchema, request.body);
    const links = inputs.map(({ from, to }) => ({ from: from.id, to: to.id, typeIds: [null] }));
    const { status, body } = createAssociations(portal, ...pairOf(request), links, 200);
    return reply.code(status).send(body);
  });

  app.post<PairRoute>(`${prefix}/:from/:to/batch/archive`, (request, reply) => {
    const [from, to] = pairOf(request);
    const { inputs } = parse(archiveSchema, request.body);
    checkSize(inputs, 2000);
    portal.store.batch(() => {
      for (const input of inputs)
        for (const other of input.to)
          dissociate(portal, { type: from, id: input.from.id }, { type: to, id: other.id });
    });
    return reply.code(204).send();
  });
}

interface Link {
  readonly from: string;
  readonly to: string;
  /** Null is the default type. */
  readonly typeIds: readonly (number | null)[];
}

function createAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  links: readonly Link[],
  doneStatus: number,
): ReturnType<typeof complete> {
  checkSize(links, 2000);
  const startedAt = stamp(portal);
  const results: object[] = [];
  const errors: object[] = [];
  portal.store.batch(() => {
    for (const link of links) {
      try {
        const typeIds = link.typeIds.map((typeId) =>
          associate(portal, { type: from, id: link.from }, { type: to, id: link.to }, typeId),
        );
        results.push({
          fromObjectTypeId: from.objectTypeId,
          fromObjectId: link.from,
          toObjectTypeId: to.objectTypeId,
          toObjectId: link.to,
          associationTypeIds: typeIds,
        });
      } catch (error) {
        if (!(error instanceof HubspotError)) throw error;
        errors.push(rowError(error, { fromObjectId: [link.from], toObjectId: [link.to] }));
      }
    }
  });
  return complete(portal, startedAt, doneStatus, results, errors);
}

/**
 * A record without associations gets an error entry, as documented; the others get results.
 */
function readAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  ids: readonly string[],
): ReturnType<typeof complete> {
  const startedAt = stamp(portal);
  const types = new Map(associationTypes(portal, from, to).map((known) => [known.typeId, known]));
  const read = ids.map((id) => ({
    id,
    others: associationsOf(portal, from, id, to).filter((other) => findRecord(portal, to, other.id)),
  }));
  const results = read
    .filter(({ others }) => others.length > 0)
    .map(({ id, others }) => ({
      from: { id },
      to: others.map((other) => ({
        toObjectId: other.id,
        associationTypes: other.typeIds.map((typeId) => ({
          category: types.get(typeId)?.category,
          typeId,
          label: types.get(typeId)?.label ?? null,
        })),
      })),
    }));
  const errors = read
    .filter(({ others }) => others.length === 0)
    .map(({ id }) => ({
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
      message: `No ${to.name} is associated with ${from.name} ${id}.`,
      context: { fromObjectId: [id], fromObjectType: [from.name], toObjectType: [to.name] },
    }));
  return complete(portal, startedAt, 200, results, errors);
}
