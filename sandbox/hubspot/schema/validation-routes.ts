import type { FastifyInstance } from 'fastify';
import { resolveType } from './object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { propertyOf } from './properties.ts';
import { renderRule, ruleOf, rulesByProperty } from './property-validations.ts';

interface PropertyRoute {
  Params: { objectType: string; property: string };
}

/**
 * `/crm/property-validations/<version>/<type>`: what an admin asks of the values of properties, to be read.
 */
export function validationRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  app.get<{ Params: { objectType: string } }>(`${prefix}/:objectType`, ({ params }) => {
    const rules = rulesByProperty(portal, resolveType(portal, params.objectType));
    return {
      results: [...rules].map(([propertyName, found]) => ({
        propertyName,
        propertyValidationRules: found.map(renderRule),
      })),
    };
  });

  app.get<PropertyRoute>(`${prefix}/:objectType/:property`, ({ params }) => {
    const type = resolveType(portal, params.objectType);
    const { name } = propertyOf(portal, type, params.property);
    return { results: (rulesByProperty(portal, type).get(name) ?? []).map(renderRule) };
  });

  app.get<{ Params: PropertyRoute['Params'] & { ruleType: string } }>(
    `${prefix}/:objectType/:property/rule-type/:ruleType`,
    ({ params: { objectType, property, ruleType } }) =>
      renderRule(ruleOf(portal, resolveType(portal, objectType), property, ruleType)),
  );
}
