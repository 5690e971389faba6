import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { RemoteFields } from '#connectors/connector.ts';
import { connectionsForView, freshness } from '#src/db/connection-view.ts';
import type { Deps } from '#src/deps.ts';
import { checkConnection } from '#src/operations/check-connection.ts';
import { answers, idParams } from '../schema.ts';
import { checked, connections } from './schema.ts';

export const connectionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/connections', { config: { access: 'read' }, schema: { response: answers(connections) } }, async () => {
      const [rows, objects] = await Promise.all([connectionsForView(deps.db), freshness(deps.db)]);
      return {
        connections: rows.map(({ settings, ...row }) => ({ ...row, place: placeOf(settings), objects: objects.get(row.id) ?? [] })),
      };
    });

    app.post(
      '/connections/:id/check',
      { config: { access: 'check_connections' }, schema: { params: idParams, response: answers(checked) } },
      async ({ params }) => checkConnection(deps, { connectionId: params.id }),
    );
  };

function placeOf(settings: RemoteFields): string | null {
  const place = settings['loginUrl'] ?? settings['basePath'] ?? settings['inbox'];
  return typeof place === 'string' ? place : null;
}
