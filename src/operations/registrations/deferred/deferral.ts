import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { deferrableMoves } from '#src/domain/registrations/lifecycle/moves/deferred.ts';

/**
 * Until when a move can be undone. Undefined for a move that is applied at once.
 *
 * @param undoSeconds 0 or absent: the caller wants no time to undo it
 * @throws AppError `bad_request` for a move that is no decision
 */
export function deferralOf(
  { ids, sharedClock }: Pick<Deps, 'ids' | 'sharedClock'>,
  move: LifecycleCommand['do'],
  undoSeconds = 0,
): LifecycleCommand['defer'] {
  if (undoSeconds === 0) return undefined;
  if (!deferrableMoves.some((one) => one === move)) {
    const text = `undoSeconds: leave it out for this move. It is possible for ${deferrableMoves.join(', ')}.`;
    throw new AppError('bad_request', text, { field: 'undoSeconds' });
  }
  // A whole second later: the time to undo is never shorter than the caller wants.
  return { id: ids(), until: Math.ceil(sharedClock().getTime() / 1000) + undoSeconds };
}
