import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { complete, checkSize, rowError } from '#sandbox/hubspot/records/batch.ts';
import { HubspotError } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { resolveType, type ObjectType } from './object-types.ts';
import { stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import {
  createGroup,
  createProperty,
  groupsOf,
  propertiesOf,
  propertyOf,
  propertyTypes,
  renderProperty,
} from './properties.ts';

interface TypeRoute {
  Params: { objectType: string };
}

export const propertySchema = z.object({
  name: z.string(),
  label: z.string(),
  description: z.string().default(''),
  type: z.enum(propertyTypes),
  fieldType: z.string(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).default([]),
  hasUniqueValue: z.boolean().default(false),
  groupName: z.string(),
});
const groupSchema = z.object({ name: z.string(), label: z.string() });
const readSchema = z.object({ inputs: z.array(z.object({ name: z.string() })) });

/** `/crm/properties/<version>/<type>`: definitions and the groups they are shown in. */
export function propertyRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  const typeOf = (request: { params: { objectType: string } }): ObjectType =>
    resolveType(portal, request.params.objectType);

  app.get<TypeRoute>(`${prefix}/:objectType`, (request) => ({
    results: [...propertiesOf(portal, typeOf(request)).values()].map(renderProperty),
  }));

  app.post<TypeRoute>(`${prefix}/:objectType`, (request, reply) =>
    reply
      .code(201)
      .send(renderProperty(createProperty(portal, typeOf(request), parse(propertySchema, request.body)))),
  );

  app.get<{ Params: { objectType: string; name: string } }>(`${prefix}/:objectType/:name`, (request) =>
    renderProperty(propertyOf(portal, typeOf(request), request.params.name)),
  );

  app.get<TypeRoute>(`${prefix}/:objectType/groups`, (request) => ({
    results: [...groupsOf(portal, typeOf(request)).values()].map((group) => ({
      ...group,
      displayOrder: -1,
      archived: false,
    })),
  }));

  app.post<TypeRoute>(`${prefix}/:objectType/groups`, (request, reply) =>
    reply.code(201).send({
      ...createGroup(portal, typeOf(request), parse(groupSchema, request.body)),
      displayOrder: -1,
      archived: false,
    }),
  );

  app.post<TypeRoute>(`${prefix}/:objectType/batch/read`, (request, reply) => {
    const { inputs } = parse(readSchema, request.body);
    const { status, body } = eachProperty(portal, inputs, 200, ({ name }) =>
      renderProperty(propertyOf(portal, typeOf(request), name)),
    );
    return reply.code(status).send(body);
  });

  app.post<TypeRoute>(`${prefix}/:objectType/batch/create`, (request, reply) => {
    const type = typeOf(request);
    const { inputs } = parse(z.object({ inputs: z.array(propertySchema) }), request.body);
    const { status, body } = portal.store.batch(() =>
      eachProperty(portal, inputs, 201, (input) => renderProperty(createProperty(portal, type, input))),
    );
    return reply.code(status).send(body);
  });
}

function eachProperty<T extends { readonly name: string }>(
  portal: Portal,
  inputs: readonly T[],
  doneStatus: number,
  act: (input: T) => object,
): ReturnType<typeof complete> {
  checkSize(inputs);
  const startedAt = stamp(portal);
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of inputs) {
    try {
      results.push(act(input));
    } catch (error) {
      if (!(error instanceof HubspotError)) throw error;
      errors.push(rowError(error, { name: [input.name] }));
    }
  }
  return complete(portal, startedAt, doneStatus, results, errors);
}
