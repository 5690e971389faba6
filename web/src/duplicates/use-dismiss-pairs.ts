import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { showToast, showFailure, showToastWithUndo } from '../ui/layout/toast.tsx';
import type { Pair } from './duplicate-queries.ts';

interface Dismissal {
  readonly pairs: readonly Pair[];
  /** The name of each account as the page showed it, by the account's id. */
  readonly shown: Readonly<Record<string, string>>;
  /** False undoes it. */
  readonly dismissed: boolean;
  /** The subject of the message. */
  readonly title: string;
}

/** Marks accounts as different customers, or undoes that. */
export function useDismissPairs() {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ pairs, dismissed, shown }: Dismissal) =>
      expectAnswer(api.POST('/api/duplicates/dismiss', { body: { pairs: [...pairs], dismissed, shown } })),
    onSuccess: async (_, { pairs, dismissed, shown, title }) => {
      await queries.invalidateQueries({ queryKey: ['duplicates'] });
      if (!dismissed) return showToast(title, 'They may be suggested again.');
      showToastWithUndo(title, 'Later scans will not suggest them.', () =>
        mutation.mutate({ pairs, dismissed: false, shown, title: 'Undone' }),
      );
    },
    onError: showFailure,
  });
  return mutation;
}

/** Every pair of these accounts. */
export function pairsAmong(ids: readonly string[]): readonly Pair[] {
  return ids.flatMap((leftId, at) => ids.slice(at + 1).map((rightId) => ({ leftId, rightId })));
}
