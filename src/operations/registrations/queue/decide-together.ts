import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { deferralOf } from '#src/operations/registrations/deferred/deferral.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';

export interface SameDecision {
  /** The e-mail address of the person. */
  readonly by: string;
  readonly move: Move;
  readonly with: CommandValues;
  /** The version of each registration that the person saw. */
  /** The time in which the person can undo it; 0 for none. */
  readonly undoSeconds?: number | undefined;
  readonly registrations: readonly { readonly id: string; readonly version: number }[];
}

export interface DecidedOne {
  readonly id: string;
  /** Why it was refused, in words; null when the move was made. */
  readonly refused: string | null;
}

/**
 * Makes one move on several registrations, each as if it was alone: one that is refused, or that the person saw in
 * another version, changes nothing and does not stop the others. Sent twice, the second time refuses what was decided.
 */
export async function decideTogether(
  deps: Deps,
  { by, move, with: values, undoSeconds, registrations }: SameDecision,
): Promise<readonly DecidedOne[]> {
  const decided: DecidedOne[] = [];
  for (const { id, version } of registrations) {
    try {
      const at = Math.floor(deps.sharedClock().getTime() / 1000);
      const { refused } = await applyLifecycleCommand(deps, {
        at,
        by,
        via: 'api',
        do: move,
        registration: id,
        ifVersion: version,
        defer: deferralOf(deps, move, undoSeconds),
        with: values,
      });
      if (refused !== null) throw refusalError(refused);
      decided.push({ id, refused: null });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      decided.push({ id, refused: error.message });
    }
  }
  return decided;
}
