import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse } from '#sandbox/hubspot/input.ts';
import { resolveType } from './object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { renderProperty } from './properties.ts';
import { deleteProperty, relabelProperty, requireProperty, retireOption } from './setup.ts';

const place = { objectType: z.string(), property: z.string() };
const relabelSchema = z.strictObject({ ...place, label: z.string().min(1) });
const deleteSchema = z.strictObject(place);
const requireSchema = z.strictObject({ ...place, required: z.boolean().default(true) });
const retireSchema = z.strictObject({ ...place, value: z.string().min(1) });

/** Changes of properties by an administrator; not part of a HubSpot API. */
export function hubspotSetupRoutes(app: FastifyInstance, portal: Portal): void {
  const placeOf = ({ objectType, property }: z.infer<typeof deleteSchema>) => ({
    type: resolveType(portal, objectType),
    property,
  });

  app.post('/sandbox/properties/relabel', (request) => {
    const { label, ...named } = parse(relabelSchema, request.body);
    return renderProperty(portal.store.batch(() => relabelProperty(portal, placeOf(named), label)));
  });

  app.post('/sandbox/properties/delete', (request, reply) => {
    const named = parse(deleteSchema, request.body);
    portal.store.batch(() => deleteProperty(portal, placeOf(named)));
    return reply.code(204).send();
  });

  app.post('/sandbox/properties/require', (request, reply) => {
    const { required, ...named } = parse(requireSchema, request.body);
    portal.store.batch(() => requireProperty(portal, placeOf(named), required));
    return reply.code(204).send();
  });

  app.post('/sandbox/properties/retire-value', (request) => {
    const { value, ...named } = parse(retireSchema, request.body);
    return renderProperty(portal.store.batch(() => retireOption(portal, placeOf(named), value)));
  });
}
