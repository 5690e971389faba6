import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { showToast, showFailure, showToastWithUndo } from '../ui/layout/toast.tsx';
import type { Pair } from './duplicate-queries.ts';

interface Dismissal {
  readonly pairs: readonly Pair[];
  /** False undoes it. */
  readonly dismissed: boolean;
  /** The subject of the message. */
  readonly title: string;
}

/** Marks accounts as different customers, or undoes that. */
export function useDismissPairs() {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ pairs, dismissed }: Dismissal) =>
      expectAnswer(api.POST('/api/duplicates/dismiss', { body: { pairs: [...pairs], dismissed } })),
    onSuccess: async (_, { pairs, dismissed, title }) => {
      await queries.invalidateQueries({ queryKey: ['duplicates'] });
      if (!dismissed) return showToast(title, 'They may be suggested again.');
      showToastWithUndo(title, 'Later scans will not suggest them.', () =>
        mutation.mutate({ pairs, dismissed: false, title: 'Undone' }),
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
