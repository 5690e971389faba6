import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { findRunRow, listRuns, runTallies, stageProgress } from '#src/db/runs/overview-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { runAnswer } from './answer.ts';
import { runDetail, runs, started } from './schema.ts';

const shownRuns = 50;

export const runRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/runs',
      { config: { access: 'start_runs' }, schema: { response: answers(started) } },
      async () => startRun(deps, { trigger: 'person' }),
    );

    app.get('/runs', { config: { access: 'read' }, schema: { response: answers(runs) } }, async () => ({
      runs: (await listRuns(deps.db, shownRuns)).map(runAnswer),
    }));

    app.get(
      '/runs/:id',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(runDetail) } },
      async ({ params }) => {
        const run = await findRunRow(deps.db, params.id);
        if (run === null) throw new AppError('not_found', 'There is no such run.', params);
        const [stages, tallies] = await Promise.all([
          stageProgress(deps.db, run.id),
          runTallies(deps.db, run.id),
        ]);
        return { ...runAnswer(run), stages, tallies };
      },
    );
  };
