import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { showFailure } from '../ui/layout/toast.tsx';
import type { MatchAnswer } from './match-quality-queries.ts';

interface Pair {
  readonly registrationId: string;
  readonly rivalId: string;
}

/** Saves or, with null, removes an answer about two companies, and reloads what shows it. */
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
    onError: showFailure,
  });
}
