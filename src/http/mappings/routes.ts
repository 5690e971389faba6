import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { searchRemote } from '#src/db/mappings/mapping-view.ts';
import type { Deps } from '#src/deps.ts';
import { mappingTarget } from '#src/operations/mappings/versions/mapping-target.ts';
import { suggestMapping } from '#src/operations/mappings/versions/suggest-mapping.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { approvalRoutes } from './approval-routes.ts';
import { draftRoutes } from './draft-routes.ts';
import { mappingsInForce, shippedMappings } from './list.ts';
import { mappingPageAnswer } from './page.ts';
import {
  mappingPage,
  mappingParams,
  mappingQuery,
  mappings,
  recordQuery,
  records,
  suggestions,
} from './schema.ts';
import { trialRoutes } from './trial-routes.ts';
import { versionRoutes } from './version-routes.ts';

/** The records offered for a preview. */
const maxRecords = 20;

/** `/mappings`, `/mappings/:connectionId/:object` and the routes below it. */
export const mappingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/mappings',
      { config: { access: 'read' }, schema: { response: answers(mappings) } },
      async () => ({
        systems: await shippedMappings(deps),
        mappings: await mappingsInForce(deps),
      }),
    );

    app.get(
      '/mappings/:connectionId/:object',
      {
        config: { access: 'read' },
        schema: { params: mappingParams, querystring: mappingQuery, response: answers(mappingPage) },
      },
      async (request) =>
        mappingPageAnswer(deps, { ...request.params, kind: request.query.kind }, personOf(request)),
    );

    app.get(
      '/mappings/:connectionId/:object/records',
      {
        config: { access: 'read' },
        schema: { params: mappingParams, querystring: recordQuery, response: answers(records) },
      },
      async ({ params, query }) => {
        const { place } = await mappingTarget(deps, { ...params, kind: query.kind });
        const found = await searchRemote(deps.db, place, query.search, maxRecords);
        return { records: found.map(({ extId, ...record }) => ({ ref: extId, ...record })) };
      },
    );

    app.get(
      '/mappings/:connectionId/:object/suggestions',
      {
        config: { access: 'draft_mappings' },
        schema: { params: mappingParams, querystring: mappingQuery, response: answers(suggestions) },
      },
      async ({ params, query }) => {
        const { suggestions: found, ...sample } = await suggestMapping(deps, { ...params, kind: query.kind });
        return { ...sample, suggestions: [...found] };
      },
    );

    await app.register(draftRoutes(deps));
    await app.register(approvalRoutes(deps));
    await app.register(versionRoutes(deps));
    await app.register(trialRoutes(deps));
  };
