import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Prevents pages of other sites from using a person's cookie. Browsers send `Origin` with every mutation.
 * Clients without it (curl, scripts) must send the header `x-fairway: 1`, which a form cannot send.
 */
export function addSameOrigin(app: FastifyInstance, deps: Deps): void {
  app.addHook('onRequest', async (request) => {
    if (readOnly.has(request.method) || !request.url.startsWith('/api/')) return;
    if (!isSameOrigin(request, deps)) {
      throw new AppError(
        'not_allowed',
        'This request came from another site. Use the console, or send the header “x-fairway: 1”.',
        {
          origin: request.headers.origin,
        },
      );
    }
  });
}

function isSameOrigin(request: FastifyRequest, deps: Deps): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return request.headers['x-fairway'] !== undefined;
  if (deps.config.publicUrl !== null && origin === new URL(deps.config.publicUrl).origin) return true;
  return origin === `${request.protocol}://${request.headers.host ?? ''}`;
}
