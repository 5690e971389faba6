import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pingDatabase } from '#src/db/runs/overview-view.ts';
import type { Deps } from '#src/deps.ts';
import { health } from './schema.ts';

/** The health check for load balancers, and the API's description. */
export const systemRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/healthz', { schema: { response: { 200: health, 503: health } } }, async (request, reply) => {
      try {
        await pingDatabase(deps.db);
        return { status: 'ok' as const };
      } catch (error) {
        request.log.error({ err: error }, 'the database does not answer');
        return reply.status(503).send({ status: 'database_unreachable' as const });
      }
    });
    app.get(
      '/api/openapi.json',
      { config: { access: 'public' }, schema: { hide: true, response: { 200: z.unknown() } } },
      async () => app.swagger(),
    );
  };
