import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery, registrationQuery } from '../api/queries.ts';
import type { Registration } from '../api/types.ts';
import { tell } from '../ui/toast.tsx';

/** Field → its new value, canonical; null empties it. */
type Changes = Readonly<Record<string, string | null>>;

/** Sends what was changed of a registration, and refreshes what shows it. */
export function useEdit({ id, number, editable }: Registration, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (changes: Changes) =>
      expectAnswer(api.PATCH('/api/registrations/{id}', { params: { path: { id } }, body: { values: changes } })),
    onSuccess: async (_, changes) => {
      const targets = [...new Set(editable.filter((one) => one.field in changes).map((one) => one.connection))].join(' and ');
      tell(`${number} is changed`, `It is on its way to ${targets}. “In the CRM” shows when it has arrived.`);
      onDone();
      await Promise.all(
        [registrationQuery(id).queryKey, ['timeline', id], ['registrations'], overviewQuery.queryKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
}
