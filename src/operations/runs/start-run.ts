import { hasRunSince, insertRun, lockRunStarts, runningRun } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { enterStage, stages } from './run-stages.ts';

type Trigger = 'start' | 'person' | 'schedule';

export interface StartedRun {
  readonly runId: string;
  /** Another one was under way: this is it. */
  readonly alreadyRunning: boolean;
}

/** Starts the main job, unless it is running. */
export async function startRun(
  deps: Deps,
  { trigger }: { readonly trigger: Exclude<Trigger, 'schedule'> },
): Promise<StartedRun> {
  for (;;) {
    const runId = await beginRun(deps, trigger, null);
    if (runId !== null) return { runId, alreadyRunning: false };
    const other = await runningRun(deps.db);
    if (other) return { runId: other.id, alreadyRunning: true };
  }
}

/** A clock that is slewed meanwhile must not make a worker skip its own next run. */
const scheduleSlackMs = 5_000;

/**
 * Starts the main job when none began within `everyMs`, by whatever trigger; null when one did. Every worker
 * calls this on a timer of its own, and together they still make one schedule.
 */
export async function startScheduledRun(deps: Deps, everyMs: number): Promise<string | null> {
  return beginRun(deps, 'schedule', new Date(deps.clock().getTime() - everyMs + scheduleSlackMs));
}

/** The new run's id; null when one is under way, or began after `notAfter`. */
async function beginRun(deps: Deps, trigger: Trigger, notAfter: Date | null): Promise<string | null> {
  const runId = deps.ids();
  const began = await deps.db.transaction(async (tx) => {
    await lockRunStarts(tx);
    if (notAfter !== null && (await hasRunSince(tx, notAfter))) return false;
    if (!(await insertRun(tx, { id: runId, trigger, stage: stages[0], startedAt: deps.clock() })))
      return false;
    await enterStage(deps, tx, runId, 0);
    return true;
  });
  if (!began) return null;
  await relaySoon(deps);
  return runId;
}
