import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is called by vendors, which have no cookie and prove themselves otherwise. */
    calledByVendors?: true;
  }
}

/**
 * Prevents pages of other sites from using a person's cookie. A mutation needs the header `x-fairway`, which a
 * page of another site cannot send without asking first, and an `Origin`, where a browser sends one, that is
 * ours. The check depends on the route that was found and never on how its address was written.
 */
export function addSameOrigin(app: FastifyInstance, deps: Deps): void {
  app.addHook('onRequest', async (request) => {
    if (readOnly.has(request.method) || request.is404) return;
    if (request.routeOptions.config.calledByVendors === true) return;
    if (!isSameOrigin(request, deps)) {
      throw new AppError(
        'not_allowed',
        'This request came from another site or without the header “x-fairway: 1”. Use the console, or send the header.',
        { origin: request.headers.origin, site: request.headers['sec-fetch-site'] },
      );
    }
  });
}

function isSameOrigin(request: FastifyRequest, deps: Deps): boolean {
  if (request.headers['x-fairway'] === undefined) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  if (deps.config.publicUrl !== null && origin === new URL(deps.config.publicUrl).origin) return true;
  return origin === `${request.protocol}://${request.headers.host ?? ''}`;
}
