import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { tellFailure } from '../ui/layout/toast.tsx';
import type { MatchAnswer } from './match-quality-queries.ts';

interface Pair {
  readonly registrationId: string;
  readonly rivalId: string;
}

/** Says whether two companies are one customer, or with null takes it back, and refreshes what shows it. */
export function useAnswer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ answer, ...path }: Pair & { readonly answer: MatchAnswer | null }) =>
      expectAnswer(
        api.PUT('/api/match-quality/labels/{registrationId}/{rivalId}', {
          params: { path },
          body: { answer },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['match-quality'] }),
    onError: tellFailure,
  });
}
