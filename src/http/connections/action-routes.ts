import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import { startReconcile } from '#src/operations/pull/start-reconcile.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { checked, reconcileBody, replayBody, replayed, started } from './schema.ts';

/** Work that a person starts: `POST /connections/:id/{check,sync,reconcile,replay}`. */
export const actionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/connections/:id/check',
      { config: { access: 'check_connections' }, schema: { params: idParams, response: answers(checked) } },
      async ({ params }) => checkConnection(deps, { connectionId: params.id }),
    );

    /** Starts a run of all connections, because values of one CRM decide what is written to the others. */
    app.post(
      '/connections/:id/sync',
      { config: { access: 'start_runs' }, schema: { params: idParams, response: answers(started) } },
      async ({ params }) => {
        await requireConnection(deps, params.id);
        const { alreadyRunning } = await startRun(deps, { trigger: 'person' });
        return { alreadyRunning };
      },
    );

    app.post(
      '/connections/:id/reconcile',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: reconcileBody, response: answers(started) },
      },
      async (request) => {
        const personId = personOf(request).id;
        return startReconcile(deps, { connectionId: request.params.id, ...request.body, personId });
      },
    );

    app.post(
      '/connections/:id/replay',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: replayBody, response: answers(replayed) },
      },
      async (request) => {
        const { id: connectionId } = await requireConnection(deps, request.params.id);
        const { object, code } = request.body;
        const personId = personOf(request).id;
        return { count: await retryDeadLetters(deps, { connectionId, object, code, personId }) };
      },
    );
  };
