import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { allowAssociation, associationTypes } from '#sandbox/hubspot/records/associations.ts';
import { addVendorProperties } from '#sandbox/hubspot/bootstrap.ts';
import { invalid } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { createType, objectTypes, resolveType, type ObjectType } from './object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { createProperty, groupsOf, propertiesOf, renderProperty } from './properties.ts';
import { propertySchema } from './property-routes.ts';

const schemaSchema = z.object({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/),
  labels: z.object({ singular: z.string(), plural: z.string() }),
  primaryDisplayProperty: z.string(),
  requiredProperties: z.array(z.string()),
  searchableProperties: z.array(z.string()).default([]),
  secondaryDisplayProperties: z.array(z.string()),
  allowsSensitiveProperties: z.boolean(),
  properties: z.array(propertySchema.extend({ groupName: z.string().optional() })).min(1),
  associatedObjects: z.array(z.string()),
});
const associationSchema = z.object({ fromObjectTypeId: z.string(), toObjectTypeId: z.string() });

/** `/crm-object-schemas/<version>/schemas`: the account's own objects (an Enterprise feature). */
export function schemaRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  app.get(prefix, () => ({
    results: objectTypes(portal)
      .filter((type) => type.custom)
      .map((type) => renderSchema(portal, type)),
  }));

  app.get<{ Params: { objectType: string } }>(`${prefix}/:objectType`, (request) =>
    renderSchema(portal, resolveType(portal, request.params.objectType)),
  );

  app.post(prefix, (request, reply) => {
    const input = parse(schemaSchema, request.body);
    const names = new Set(input.properties.map((property) => property.name));
    const unknown = [
      input.primaryDisplayProperty,
      ...input.requiredProperties,
      ...input.searchableProperties,
    ].find((name) => !names.has(name));
    if (unknown !== undefined)
      throw invalid(`Property ${unknown} is not one of the properties of the schema.`);
    const associated = input.associatedObjects.map((spelling) => resolveType(portal, spelling));
    return reply.code(201).send(portal.store.batch(() => createSchema(portal, input, associated)));
  });

  app.post<{ Params: { objectType: string } }>(`${prefix}/:objectType/associations`, (request, reply) => {
    const input = parse(associationSchema, request.body);
    const from = resolveType(portal, input.fromObjectTypeId);
    const to = resolveType(portal, input.toObjectTypeId);
    const id = portal.store.batch(() => allowAssociation(portal, from, to));
    return reply.code(201).send(renderAssociation(from, to, id));
  });
}

function createSchema(
  portal: Portal,
  input: z.infer<typeof schemaSchema>,
  associated: readonly ObjectType[],
): object {
  const { name, labels, primaryDisplayProperty, requiredProperties, searchableProperties } = input;
  const type = createType(portal, {
    name,
    labels,
    primaryDisplayProperty,
    requiredProperties,
    searchableProperties,
  });
  addVendorProperties(portal, type);
  const [group] = groupsOf(portal, type).keys();
  for (const property of input.properties)
    createProperty(portal, type, { ...property, groupName: property.groupName ?? group ?? '' });
  for (const to of associated) allowAssociation(portal, type, to);
  return renderSchema(portal, type);
}

function renderSchema(portal: Portal, type: ObjectType): object {
  const {
    objectTypeId,
    name,
    labels,
    fullyQualifiedName,
    primaryDisplayProperty,
    requiredProperties,
    searchableProperties,
    createdAt,
    updatedAt,
  } = type;
  const associations = objectTypes(portal).flatMap((to) =>
    associationTypes(portal, type, to).map(({ typeId }) => renderAssociation(type, to, typeId)),
  );
  return {
    id: objectTypeId.replace('2-', ''),
    objectTypeId,
    name,
    labels,
    fullyQualifiedName,
    primaryDisplayProperty,
    secondaryDisplayProperties: [],
    requiredProperties,
    searchableProperties,
    properties: [...propertiesOf(portal, type).values()].map(renderProperty),
    associations,
    metaType: 'PORTAL_SPECIFIC',
    archived: false,
    createdAt,
    updatedAt,
  };
}

const renderAssociation = (from: ObjectType, to: ObjectType, id: number): object => ({
  id: String(id),
  fromObjectTypeId: from.objectTypeId,
  toObjectTypeId: to.objectTypeId,
  name: `${from.name}_to_${to.name}`,
});
