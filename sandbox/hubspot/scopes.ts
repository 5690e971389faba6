import type { FastifyRequest } from 'fastify';
import { findToken } from './apps.ts';
import { HubspotError } from './errors.ts';
import type { Portal } from './portal.ts';
import { settingsOf } from './settings.ts';
import { findType } from './schema/object-types.ts';

/**
 * Refuses a call for which the token was not given the scopes. An account whose profile names no scopes gives
 * all of them.
 * @throws HubspotError 403 MISSING_SCOPES
 */
export function requireScopes(portal: Portal, request: FastifyRequest): void {
  const { withdrawnScopes } = settingsOf(portal);
  if (portal.profile.scopes === null && withdrawnScopes.length === 0) return;
  const token = findToken(portal, /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const needed = scopesOf(portal, request.method, request.url.split('?')[0] ?? '');
  const lacks = (scope: string): boolean =>
    withdrawnScopes.includes(scope) || (portal.profile.scopes !== null && !token?.scopes.includes(scope));
  const missing = needed.filter(lacks);
  if (missing.length === 0) return;
  throw new HubspotError(403, 'MISSING_SCOPES', refusal, {
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: missing },
      },
    ],
  });
}

const refusal =
  "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.";

/** The scopes that a call needs, by its path. */
function scopesOf(portal: Portal, method: string, path: string): readonly string[] {
  const [, area = '', , first = '', second = ''] = path.slice('/crm'.length).split('/');
  const reads = method === 'GET' || path.endsWith('/search') || path.endsWith('/batch/read');
  const right = reads ? 'read' : 'write';
  if (path.startsWith('/crm-object-schemas/')) return [`crm.schemas.custom.${right}`];
  switch (area) {
    case 'objects':
      return [`crm.objects.${scopeName(portal, first)}.${right}`];
    case 'associations':
      return [first, second].map((type) => `crm.objects.${scopeName(portal, type)}.${right}`);
    case 'properties':
    case 'property-validations':
      return [`crm.${propertyArea(scopeName(portal, first))}.${right}`];
    case 'owners':
      return ['crm.objects.owners.read'];
    default:
      return [];
  }
}

function scopeName(portal: Portal, spelling: string): string {
  const type = findType(portal, spelling);
  return !type || type.custom ? 'custom' : type.plural;
}

/**
 * There is no scope for the schema of leads: the scope for reading leads includes their properties.
 * Source: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/leads/guide.md
 */
const propertyArea = (name: string): string => (name === 'leads' ? 'objects.leads' : `schemas.${name}`);
