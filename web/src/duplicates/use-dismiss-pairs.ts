import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { tell, tellFailure, tellWithUndo } from '../ui/layout/toast.tsx';
import type { Pair } from './duplicate-queries.ts';

interface Telling {
  readonly pairs: readonly Pair[];
  /** False takes it back. */
  readonly dismissed: boolean;
  /** What the message is about. */
  readonly title: string;
}

/** Says of accounts that they are two customers, or takes that back. */
export function useTellApart() {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ pairs, dismissed }: Telling) =>
      expectAnswer(api.POST('/api/duplicates/dismiss', { body: { pairs: [...pairs], dismissed } })),
    onSuccess: async (_, { pairs, dismissed, title }) => {
      await queries.invalidateQueries({ queryKey: ['duplicates'] });
      if (!dismissed) return tell(title, 'They may be suggested again.');
      tellWithUndo(title, 'No later report suggests it.', () =>
        mutation.mutate({ pairs, dismissed: false, title: 'Taken back' }),
      );
    },
    onError: tellFailure,
  });
  return mutation;
}

/** Each of these with each other. */
export function pairsAmong(ids: readonly string[]): readonly Pair[] {
  return ids.flatMap((leftId, at) => ids.slice(at + 1).map((rightId) => ({ leftId, rightId })));
}
