import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { overviewQuery, recordQuery, registrationQuery } from '../api/queries.ts';
import type { EditableField, RecordKind } from '../api/types.ts';
import { showToast } from '../ui/layout/toast.tsx';

/** Field → its new value, canonical; null empties it. */
type Changes = Readonly<Record<string, string | null>>;

/** The edited record. */
export interface EditedRecord {
  readonly kind: RecordKind;
  readonly id: string;
  readonly name: string;
  readonly editable: readonly EditableField[];
  /** The currency of its amounts. */
  readonly currency: string | null;
}

interface EditEvents {
  readonly onDone: () => void;
  /** The present values, when another person saved first. */
  readonly onMoved: (editable: readonly EditableField[]) => void;
}

/** Sends the changed values together with the values the person saw, and reloads what shows the record. */
export function useEdit(
  { kind, id, name }: EditedRecord,
  editable: readonly EditableField[],
  { onDone, onMoved }: EditEvents,
) {
  const queries = useQueryClient();
  const record = recordQuery(kind, id);
  return useMutation({
    mutationFn: (changes: Changes) => {
      const expectedValues = Object.fromEntries(
        editable.flatMap(({ field, value }) => (field in changes ? [[field, value]] : [])),
      );
      return expectAnswer(
        api.PATCH('/api/records/{kind}/{id}', {
          params: { path: { kind, id } },
          body: { values: changes, expectedValues },
        }),
      );
    },
    onError: async (error) => {
      if (error instanceof Refusal && error.code === 'conflict')
        onMoved((await queries.fetchQuery({ ...record, staleTime: 0 })).editable);
    },
    onSuccess: async (_, changes) => {
      const targets = [
        ...new Set(editable.filter((one) => one.field in changes).map((one) => one.connection)),
      ].join(' and ');
      showToast(
        `${name} was changed`,
        `Fairway is writing it to ${targets}. “In the CRM” shows when it is there.`,
      );
      onDone();
      await Promise.all(
        [
          record.queryKey,
          registrationQuery(id).queryKey,
          ['timeline', id],
          ['registrations'],
          overviewQuery.queryKey,
        ].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
}
