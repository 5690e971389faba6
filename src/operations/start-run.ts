import { insertRun, runningRun } from '#src/db/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { relayJobs } from './relay-jobs.ts';
import { enterStage, stages } from './run-stages.ts';

export interface StartedRun {
  readonly runId: string;
  /** Another one was under way: this is it. */
  readonly alreadyRunning: boolean;
}

/** Starts the main job, unless it is running. */
export async function startRun(deps: Deps, { trigger }: { readonly trigger: 'start' | 'person' | 'schedule' }): Promise<StartedRun> {
  for (;;) {
    const runId = deps.ids();
    const started = await deps.db.transaction(async (tx) => {
      if (!(await insertRun(tx, { id: runId, trigger, stage: stages[0], startedAt: deps.clock() }))) return false;
      await enterStage(deps, tx, runId, 0);
      return true;
    });
    if (started) {
      await relayJobs(deps);
      return { runId, alreadyRunning: false };
    }
    const other = await runningRun(deps.db);
    if (other) return { runId: other.id, alreadyRunning: true };
  }
}
