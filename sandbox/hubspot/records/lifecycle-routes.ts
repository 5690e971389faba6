import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse } from '#sandbox/hubspot/input.ts';
import { eraseRecord, mergeRecords } from './lifecycle.ts';
import { resolveType } from '#sandbox/hubspot/schema/object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { renderRecord } from './records.ts';

interface TypeRoute {
  Params: { objectType: string };
}

const mergeSchema = z.object({ primaryObjectId: z.coerce.string(), objectIdToMerge: z.coerce.string() });
const eraseSchema = z.object({
  objectId: z.coerce.string(),
  idProperty: z.string().nullable().default(null),
});

/** `/crm/objects/<version>/<type>/{merge,gdpr-delete}`: what cannot be undone. */
export function lifecycleRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  app.post<TypeRoute>(`${prefix}/:objectType/merge`, (request) => {
    const type = resolveType(portal, request.params.objectType);
    const { primaryObjectId, objectIdToMerge } = parse(mergeSchema, request.body);
    const survivor = portal.store.batch(() => mergeRecords(portal, type, primaryObjectId, objectIdToMerge));
    return renderRecord(type, survivor, Object.keys(survivor.properties));
  });

  app.post<TypeRoute>(`${prefix}/:objectType/gdpr-delete`, (request, reply) => {
    const type = resolveType(portal, request.params.objectType);
    const { objectId, idProperty } = parse(eraseSchema, request.body);
    portal.store.batch(() => eraseRecord(portal, type, objectId, idProperty));
    return reply.code(204).send();
  });
}
