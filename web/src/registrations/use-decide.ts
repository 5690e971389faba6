import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery, registrationQuery } from '../api/queries.ts';
import type { Registration } from '../api/types.ts';
import { dayText } from '../format.ts';
import { tell, tellFailure, tellWithUndo } from '../ui/layout/toast.tsx';

interface Decision {
  readonly decision: 'approve' | 'reject' | 'reopen';
  readonly reason: string;
}

/** Sends a decision, refreshes what shows it, and offers the way back. */
export function useDecide({ id, number }: Pick<Registration, 'id' | 'number'>) {
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: registrationQuery(id).queryKey }),
      queries.invalidateQueries({ queryKey: ['registrations'] }),
      queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
    ]);
  const send = ({ decision, reason }: Decision) =>
    expectAnswer(
      api.POST('/api/registrations/{id}/decision', { params: { path: { id } }, body: { decision, reason } }),
    );
  const reopen = async () => {
    try {
      await send({ decision: 'reopen', reason: '' });
      await refresh();
      tell(`${number} is open again`, 'It is back in the queue, and the CRM is told.');
    } catch (error) {
      tellFailure(error as Error);
    }
  };
  return useMutation({
    mutationFn: send,
    onSuccess: async ({ protectedUntil }, { decision }) => {
      if (decision === 'approve')
        tellWithUndo(
          `${number} approved`,
          protectedUntil ? `Protected until ${dayText(protectedUntil)}.` : 'The CRM is told.',
          () => void reopen(),
        );
      else if (decision === 'reject')
        tellWithUndo(`${number} rejected`, 'The reason is on its way to the CRM.', () => void reopen());
      else tell(`${number} is open again`, 'It is back in the queue, and the CRM is told.');
      await refresh();
    },
    onError: tellFailure,
  });
}
