import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { DecidedOne } from '#src/operations/registrations/queue/decide-together.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';

/** Undoes decisions that are not applied yet, each as if it was alone. Only their author may. */
export async function undoDecisions(
  deps: Deps,
  { by, registrations }: { readonly by: string; readonly registrations: readonly string[] },
): Promise<readonly DecidedOne[]> {
  const undone: DecidedOne[] = [];
  for (const id of registrations) {
    try {
      const at = Math.floor(deps.sharedClock().getTime() / 1000);
      const command = { at, by, via: 'api', do: 'undo', registration: id, with: {} } as const;
      const { refused } = await applyLifecycleCommand(deps, command);
      if (refused !== null) throw refusalError(refused);
      undone.push({ id, refused: null });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      undone.push({ id, refused: error.message });
    }
  }
  return undone;
}
