import { setTimeout as wait } from 'node:timers/promises';
import { jobsOf } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { followRun } from '#src/cli/follow-run.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from './subcommand.ts';

export const runSync: Subcommand = {
  usage: '[--json]',
  summary:
    'Starts the main job on the running service, or joins the one under way, and follows it to its end.',
  options: ['json'],
  run: (values) =>
    withDeps(async (deps) => {
      const { runId, alreadyRunning } = await startRun(deps, { trigger: 'person' });
      console.error(alreadyRunning ? 'A run is under way; following it' : 'Running the main job');
      await workerTakes(deps, runId);
      const run = await followRun(deps, runId);
      if (run.status === 'failed')
        throw new AppError('internal', `The run failed: ${run.error ?? 'see the log of the service.'}`);
      console.log(JSON.stringify(run.summary, null, values['json'] === true ? undefined : 2));
      return 0;
    }),
};

const patienceMs = 15_000;

/** Nothing would ever move without a worker; what is put out stays for the next one. */
async function workerTakes(deps: Deps, runId: string): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await wait(200)) {
    if ((await jobsOf(deps.db, runId)).some((job) => job.attempts > 0)) return;
  }
  throw new AppError(
    'conflict',
    'No worker has taken the run up. Start Fairway (npm start, or the worker of your deployment): it goes on with this run by itself.',
  );
}
