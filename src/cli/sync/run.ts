import { setTimeout as wait } from 'node:timers/promises';
import { jobsOf } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { followRun } from '#src/cli/follow-run.ts';
import { withDeps } from '#src/cli/with-deps.ts';

export const runSync: Command = {
  options: [jsonOption],
  examples: ['sync run', 'sync run --json'],
  details: 'Joins a run that is already in progress. The service or one of its workers must be running.',
  run: (values) =>
    withDeps(async (deps) => {
      const { runId, alreadyRunning } = await startRun(deps, { trigger: 'person' });
      console.error(alreadyRunning ? 'A run is in progress; following it' : 'Running the main job');
      await requireWorker(deps, runId);
      const run = await followRun(deps, runId);
      if (run.status === 'failed')
        throw new AppError('internal', `The run failed: ${run.error ?? 'see the log of the service.'}`);
      const { attention = [] } = (run.summary ?? {}) as Partial<RunSummary>;
      for (const sentence of attention) console.error(sentence);
      console.log(JSON.stringify(run.summary, null, values['json'] === true ? undefined : 2));
      return run.summary?.['complete'] === false ? exitCodes.incomplete : exitCodes.ok;
    }),
};

const workerWaitMs = 15_000;

/** Without a worker the run would never begin. Its jobs stay in the outbox for the next worker. */
async function requireWorker(deps: Deps, runId: string): Promise<void> {
  for (const until = Date.now() + workerWaitMs; Date.now() < until; await wait(200)) {
    if ((await jobsOf(deps.db, runId)).some((job) => job.attempts > 0)) return;
  }
  throw new AppError(
    'conflict',
    'No worker has started this run. Start Fairway (npm start, or the worker of your deployment): it then continues this run.',
  );
}
