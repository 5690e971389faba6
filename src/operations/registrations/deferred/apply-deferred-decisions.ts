import {
  dueDeferredDecisions,
  type StoredDeferral,
} from '#src/db/registrations/lifecycle/deferred-decision-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import { deferrableMoves } from '#src/domain/registrations/lifecycle/moves/deferred.ts';
import { applyMoveIn } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { fireEarlierTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { inStepTransaction } from '#src/operations/registrations/lifecycle/run-step.ts';

/**
 * One round of a worker: applies the decisions that their authors can no longer undo, each in a transaction that also
 * removes it, so that a crash applies none twice and loses none. One that is refused by now leaves the reason on its
 * registration.
 *
 * @returns the number of decisions whose time had come
 */
export async function applyDeferredDecisions(deps: Deps): Promise<number> {
  const now = deps.sharedClock();
  const due = await dueDeferredDecisions(deps.db, now);
  if (due.length === 0) return 0;
  const at = Math.floor(now.getTime() / 1000);
  await fireEarlierTimers(deps, at);
  for (const one of due) {
    try {
      await inStepTransaction(deps, (tx) => applyOne(deps, tx, one, at));
    } catch (error) {
      // The next round tries it again, and the registration shows that it waits.
      deps.log.error({ err: error, registration: one.registrationId }, 'a decision waits; will retry');
    }
  }
  return due.length;
}

/** A decision that was undone or applied meanwhile changes nothing. */
async function applyOne(deps: Deps, tx: Db, stored: StoredDeferral, at: number): Promise<void> {
  const { id, by, registrationId, given } = stored;
  const move = deferrableMoves.find((one) => one === stored.move);
  if (move === undefined) throw new TypeError(`${stored.move} cannot be deferred`);
  await applyMoveIn(deps, tx, {
    at,
    by,
    via: 'api',
    do: move,
    registration: registrationId,
    deferredId: id,
    with: given as CommandValues,
  });
}
