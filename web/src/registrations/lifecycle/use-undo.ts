import { useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../../api/client.ts';
import { overviewQuery } from '../../api/queries.ts';
import { showFailure, showToast } from '../../ui/layout/toast.tsx';
import type { Move } from './lifecycle-words.ts';

export const undoSeconds = 10;

const undoable: ReadonlySet<Move> = new Set([
  'approve',
  'reject',
  'request_info',
  'uphold',
  'overturn',
  'withdraw',
  'reopen',
  'grant_extension',
  'deny_extension',
  'supersede',
]);

/** The time that the person gets to undo this move: none for one that is no decision. */
export function undoTimeOf(move: Move | 'edit'): { readonly undoSeconds?: number } {
  return move !== 'edit' && undoable.has(move) ? { undoSeconds } : {};
}

/** Undoes decisions that are not applied yet, and says which ones were too late. */
export function useUndo(): (ids: readonly string[]) => Promise<void> {
  const queries = useQueryClient();
  return async (ids) => {
    try {
      const { decided } = await expectAnswer(
        api.POST('/api/registrations/undo', { body: { registrations: [...ids] } }),
      );
      const refused = decided.filter((one) => one.refused !== null);
      const count = decided.length - refused.length;
      if (count > 0)
        showToast(
          count === 1 ? 'The decision is undone' : `${count} decisions are undone`,
          'Nothing was written to the CRM, and no person was informed.',
        );
      if (refused.length > 0)
        showFailure(
          new Error(refused.length === 1 ? `${refused[0]?.refused}` : `${refused.length} were too late.`),
        );
    } catch (error) {
      showFailure(error as Error);
    }
    await Promise.all(
      [['lifecycle'], ['registration'], ['registrations'], overviewQuery.queryKey].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}
