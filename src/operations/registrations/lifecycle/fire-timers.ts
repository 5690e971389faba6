import { tryLockInTransaction } from '#src/db/advisory-locks.ts';
import { hasAbsenceToShow } from '#src/db/registrations/lifecycle/channel-store.ts';
import { dueTimerAt } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import { passTime } from '#src/domain/registrations/lifecycle/step.ts';
import { runStep, type StepOutcome } from './run-step.ts';

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
  return runStep(deps, {
    at,
    scope: {},
    cause: null,
    apply: ({ channel }, now) => passTime(channel, now),
  });
}

/** One round of a worker: at the database's time, and only while no other worker does it. */
export async function fireDueTimers(deps: Deps): Promise<number> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const now = new Date(at * 1000);
  const isDue = (await dueTimerAt(deps.db, now, 1)) !== null || (await hasAbsenceToShow(deps.db, now));
  if (!isDue) return 0;
  return deps.db.transaction(async (tx) => {
    if (!(await tryLockInTransaction(tx, 'lifecycleTimers'))) return 0;
    const { timers } = await fireLifecycleTimers(deps, at);
    return timers.length;
  });
}
