import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { overviewQuery, registrationQuery } from '../api/queries.ts';
import type { EditableField, Registration } from '../api/types.ts';
import { tell } from '../ui/toast.tsx';

/** Field → its new value, canonical; null empties it. */
type Changes = Readonly<Record<string, string | null>>;

interface EditEvents {
  readonly onDone: () => void;
  /** Somebody else was quicker: the fields as they are now. */
  readonly onMoved: (editable: readonly EditableField[]) => void;
}

/** Sends what was changed of a registration, with what was seen of it, and refreshes what shows it. */
export function useEdit({ id, number }: Registration, editable: readonly EditableField[], { onDone, onMoved }: EditEvents) {
  const queries = useQueryClient();
  const registration = registrationQuery(id);
  return useMutation({
    mutationFn: (changes: Changes) => {
      const seen = Object.fromEntries(editable.flatMap(({ field, value }) => (field in changes ? [[field, value]] : [])));
      return expectAnswer(api.PATCH('/api/registrations/{id}', { params: { path: { id } }, body: { values: changes, seen } }));
    },
    onError: async (error) => {
      if (error instanceof Refusal && error.code === 'conflict')
        onMoved((await queries.fetchQuery({ ...registration, staleTime: 0 })).editable);
    },
    onSuccess: async (_, changes) => {
      const targets = [...new Set(editable.filter((one) => one.field in changes).map((one) => one.connection))].join(' and ');
      tell(`${number} is changed`, `It is on its way to ${targets}. “In the CRM” shows when it has arrived.`);
      onDone();
      await Promise.all(
        [registration.queryKey, ['timeline', id], ['registrations'], overviewQuery.queryKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
}
