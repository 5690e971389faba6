import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { connectionsForView, freshnessByConnection } from '#src/db/connections/connection-view.ts';
import type { Deps } from '#src/deps.ts';
import { limitConnection } from '#src/operations/connections/limit-connection.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { actionRoutes } from './action-routes.ts';
import { locationOf } from './answer.ts';
import { connectionPageAnswer } from './page.ts';
import { connectionPage, connections, limits, limitsBody } from './schema.ts';

export const connectionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/connections',
      { config: { access: 'read' }, schema: { response: answers(connections) } },
      async () => {
        const [rows, objects] = await Promise.all([
          connectionsForView(deps.db),
          freshnessByConnection(deps.db),
        ]);
        return {
          connections: rows.map(({ settings, ...row }) => ({
            ...row,
            location: locationOf(deps.systems, { kind: row.kind, settings }),
            objects: objects.get(row.id) ?? [],
          })),
        };
      },
    );

    app.get(
      '/connections/:id',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(connectionPage) } },
      async ({ params }) => connectionPageAnswer(deps, params.id),
    );

    app.patch(
      '/connections/:id',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: limitsBody, response: answers(limits) },
      },
      async (request) =>
        limitConnection(deps, {
          connectionId: request.params.id,
          limits: request.body,
          personId: personOf(request).id,
        }),
    );

    await app.register(actionRoutes(deps));
  };
