import { tryLockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { hasAbsenceToShow } from '#src/db/registrations/lifecycle/channel-store.ts';
import { dueTimerAt } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import { passTime } from '#src/domain/registrations/lifecycle/step.ts';
import { inStepTransaction, runStep, runStepIn, type StepOutcome, type StepPlan } from './run-step.ts';

/** About this many timers fire in one transaction; all that are due in the same second fire together. */
const batchSize = 200;

/** Fires every timer that is due, oldest first, and shows absences that have begun or ended. */
export async function fireLifecycleTimers(deps: Deps, at: Instant): Promise<StepOutcome> {
  await fireEarlierTimers(deps, at);
  return fireUntil(deps, at);
}

/**
 * Fires timers that were due before an instant, as long as more are due than one step should fire. The step that
 * follows fires the others.
 */
export async function fireEarlierTimers(deps: Deps, at: Instant): Promise<void> {
  const now = new Date(at * 1000);
  for (;;) {
    const until = await dueTimerAt(deps.db, now, batchSize);
    if (until === null || until >= now) return;
    await fireUntil(deps, Math.floor(until.getTime() / 1000));
  }
}

function fireUntil(deps: Deps, at: Instant): Promise<StepOutcome> {
  return runStep(deps, clockPlan(at));
}

function clockPlan(at: Instant): StepPlan {
  return {
    at,
    scope: {},
    cause: null,
    apply: ({ channel }, now) => passTime(channel, now),
  };
}

/**
 * One round of a worker: at the database's time, and only while no other worker does it. Each batch is one transaction
 * that holds the lock and fires, so a round needs one connection.
 */
export async function fireDueTimers(deps: Deps): Promise<number> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const now = new Date(at * 1000);
  const isDue = (await dueTimerAt(deps.db, now, 1)) !== null || (await hasAbsenceToShow(deps.db, now));
  if (!isDue) return 0;
  let count = 0;
  for (;;) {
    const { fired, isLast } = await inStepTransaction(deps, (tx) => fireBatchIn(deps, tx, now));
    count += fired;
    if (isLast) return count;
  }
}

async function fireBatchIn(
  deps: Deps,
  tx: Db,
  now: Date,
): Promise<{ readonly fired: number; readonly isLast: boolean }> {
  if (!(await tryLockInTransaction(tx, 'lifecycleTimers'))) return { fired: 0, isLast: true };
  const until = await dueTimerAt(tx, now, batchSize);
  const isLast = until === null || until >= now;
  const instant = isLast ? now : until;
  const { timers } = await runStepIn(deps, tx, clockPlan(Math.floor(instant.getTime() / 1000)));
  return { fired: timers.length, isLast };
}
