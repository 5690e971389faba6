import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery, registrationQuery } from '../api/queries.ts';
import type { Registration } from '../api/types.ts';
import { dayText } from '../format.ts';
import { showToast, showFailure, showToastWithUndo } from '../ui/layout/toast.tsx';

interface Decision {
  readonly decision: 'approve' | 'reject' | 'reopen';
  readonly reason: string;
  /** The content that the person saw. */
  readonly shown: Registration['shown'];
}

/** Sends a decision, reloads what shows it, and offers Undo. */
export function useDecide({ id, number }: Pick<Registration, 'id' | 'number'>, onDecided?: () => void) {
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: registrationQuery(id).queryKey }),
      queries.invalidateQueries({ queryKey: ['registrations'] }),
      queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
    ]);
  const send = (body: Decision) =>
    expectAnswer(api.POST('/api/registrations/{id}/decision', { params: { path: { id } }, body }));
  const reopen = async () => {
    try {
      // Undo is about the registration as the decision left it.
      const { shown } = await queries.fetchQuery({ ...registrationQuery(id), staleTime: 0 });
      await send({ decision: 'reopen', reason: '', shown });
      await refresh();
      showToast(`${number} is open again`, 'It is in the queue again. Fairway updates the CRM.');
    } catch (error) {
      showFailure(error as Error);
    }
  };
  return useMutation({
    mutationFn: send,
    onSuccess: async ({ protectedUntil }, { decision }) => {
      if (decision === 'approve')
        showToastWithUndo(
          `${number} approved`,
          protectedUntil ? `Protected until ${dayText(protectedUntil)}.` : 'Fairway updates the CRM.',
          () => void reopen(),
        );
      else if (decision === 'reject')
        showToastWithUndo(`${number} rejected`, 'Fairway writes the reason to the CRM.', () => void reopen());
      else showToast(`${number} is open again`, 'It is in the queue again. Fairway updates the CRM.');
      if (decision !== 'reopen') onDecided?.();
      await refresh();
    },
    onError: showFailure,
  });
}
