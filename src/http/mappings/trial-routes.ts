import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { openVersion } from '#src/db/mappings/mapping-version-store.ts';
import { findRestore } from '#src/db/mappings/restore-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { requireOpen } from '#src/operations/mappings/versions/draft-mapping.ts';
import { startDryRun } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { requirePack } from '#src/operations/mappings/versions/import-mapping.ts';
import { mappingTarget } from '#src/operations/mappings/versions/mapping-target.ts';
import { previewMapping } from '#src/operations/mappings/trial/preview-mapping.ts';
import { startRestore } from '#src/operations/mappings/restore/restore-writes.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { packBytes } from './draft-routes.ts';
import { mappingParams, mappingQuery } from './schema.ts';
import { backfillAnswer, dryRunAnswer, restoreAnswer } from './trial-answer.ts';
import {
  backfill,
  dryRun,
  preview,
  previewBody,
  restore,
  restoreBody,
  restoreParams,
  restoreStarted,
  started,
} from './trial-schema.ts';

/** Tries a mapping, applies it to existing records and undoes its writes: `…/draft/{preview,dry-run}`, `…/{backfill,restore}`. */
export const trialRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/mappings/:connectionId/:object';
    const where = { params: mappingParams, querystring: mappingQuery };
    const mayDraft = { config: { access: 'draft_mappings' }, bodyLimit: packBytes } as const;
    const mayPublish = { config: { access: 'approve_mappings' } } as const;
    const mayRead = { config: { access: 'read' } } as const;

    app.post(
      `${path}/draft/preview`,
      { ...mayDraft, schema: { ...where, body: previewBody, response: answers(preview) } },
      async (request) => {
        const { place, inForce } = await mappingTarget(deps, { ...request.params, ...request.query });
        const sent = request.body.pack;
        const pack =
          sent === undefined
            ? ((await openVersion(deps.db, place))?.pack ?? inForce)
            : await requirePack(sent);
        if (pack?.object !== place.object || pack.kind !== place.kind)
          throw new AppError('not_found', `There is no mapping of ${place.object} to ${place.kind} to try.`, {
            field: 'pack',
          });
        return previewMapping(deps, { connectionId: place.connectionId, pack, ref: request.body.recordRef });
      },
    );

    app.post(
      `${path}/draft/dry-run`,
      { ...mayDraft, schema: { ...where, response: answers(started) } },
      async ({ params, query }) => {
        const { id } = await requireOpen(deps.db, await mappingTarget(deps, { ...params, ...query }));
        return startDryRun(deps, { versionId: id });
      },
    );

    app.get(
      `${path}/draft/dry-run`,
      { ...mayRead, schema: { ...where, response: answers(dryRun) } },
      async ({ params, query }) => dryRunAnswer(deps, { ...params, ...query }),
    );

    app.post(
      `${path}/backfill`,
      { ...mayPublish, schema: { ...where, response: answers(started) } },
      async (request) => {
        const { place } = await mappingTarget(deps, { ...request.params, ...request.query });
        const { alreadyRunning } = await startBackfill(deps, { ...place, personId: personOf(request).id });
        return { alreadyRunning };
      },
    );

    app.get(
      `${path}/backfill`,
      { ...mayRead, schema: { ...where, response: answers(backfill) } },
      async ({ params, query }) => backfillAnswer(deps, { ...params, ...query }),
    );

    app.post(
      `${path}/restore`,
      { ...mayPublish, schema: { ...where, body: restoreBody, response: answers(restoreStarted) } },
      async (request) => {
        const { place } = await mappingTarget(deps, { ...request.params, ...request.query });
        const { version, last } = request.body;
        const undo = version === undefined ? { count: last ?? 0 } : { version };
        return startRestore(deps, { ...place, undo, personId: personOf(request).id });
      },
    );

    app.get(
      `${path}/restore/:restoreId`,
      { ...mayRead, schema: { params: restoreParams, response: answers(restore) } },
      async ({ params }) => {
        const found = await findRestore(deps.db, params.restoreId);
        if (found?.connectionId !== params.connectionId)
          throw new AppError('not_found', 'There is no such restore.', params);
        return restoreAnswer(deps, found);
      },
    );
  };
