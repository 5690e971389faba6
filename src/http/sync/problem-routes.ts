import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { groupedProblems } from '#src/db/sync/problem-view.ts';
import type { Deps } from '#src/deps.ts';
import { answers } from '#src/http/schema.ts';
import { problemQuery, problems } from './problem-schema.ts';

const shownRecords = 20;

export const problemRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/problems',
      { config: { access: 'read' }, schema: { querystring: problemQuery, response: answers(problems) } },
      async ({ query }) => ({
        groups: await groupedProblems(deps.db, {
          status: query.status,
          connectionId: query.connection ?? null,
          shown: shownRecords,
        }),
      }),
    );
  };
