import { hasRunSince, insertRun, lockRunStarts, runningRun } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { enterStage, stages } from './run-stages.ts';

type Trigger = 'start' | 'person' | 'schedule';

export interface StartedRun {
  readonly runId: string;
  /** True when a run was already in progress; `runId` is that run. */
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

/** Tolerance for clock corrections, so that a worker does not skip its own next run. */
const scheduleSlackMs = 5_000;

/**
 * Starts the main job unless one was started within `everyMs`, by any trigger. Every worker calls this on its
 * own timer, and together they keep one schedule. Returns the new run's id, or null.
 */
export async function startScheduledRun(deps: Deps, everyMs: number): Promise<string | null> {
  return beginRun(deps, 'schedule', new Date(deps.clock().getTime() - everyMs + scheduleSlackMs));
}

/** Returns the new run's id; null when a run is in progress or one started after `notAfter`. */
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
