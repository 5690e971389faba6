import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Deps } from '#src/deps.ts';
import { endMySessions, openSessionsOf } from '#src/operations/people/my-sessions.ts';
import { personOf, liveSessionOf } from '#src/http/plugins/session.ts';
import { answers, idParams, instant } from '#src/http/schema.ts';

const sessions = z.object({
  sessions: z.array(
    z.object({
      id: z.uuid(),
      current: z.boolean(),
      createdAt: instant,
      seenAt: instant,
      /** The browser, as it names itself. */
      userAgent: z.string().nullable(),
    }),
  ),
});
const done = z.object({});
const access = { config: { access: 'read' } } as const;

/** One's own sessions: `/me/sessions`. */
export const accountRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/me/sessions', { ...access, schema: { response: answers(sessions) } }, async (request) => {
      const current = liveSessionOf(request);
      const rows = await openSessionsOf(deps, personOf(request).id);
      return { sessions: rows.map((row) => ({ ...row, current: row.id === current.id })) };
    });

    app.delete(
      '/me/sessions/:id',
      { ...access, schema: { params: idParams, response: answers(done) } },
      async (request) => {
        await endMySessions(deps, liveSessionOf(request), request.params);
        return {};
      },
    );

    app.post(
      '/me/sessions/end-others',
      { ...access, schema: { response: answers(done) } },
      async (request) => {
        await endMySessions(deps, liveSessionOf(request), 'others');
        return {};
      },
    );
  };
