import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer, type Refusal } from '../../api/client.ts';
import { lifecycleQuery, overviewQuery, registrationQuery } from '../../api/queries.ts';
import type { Lifecycle, Registration } from '../../api/types.ts';
import type { paths } from '../../api/schema.d.ts';
import { showToast, showToastWithUndo } from '../../ui/layout/toast.tsx';
import { eventText, stateNames } from './lifecycle-words.ts';
import { undoSeconds, undoTimeOf, useUndo } from './use-undo.ts';

export type MoveBody = NonNullable<
  paths['/api/registrations/{id}/moves']['post']['requestBody']
>['content']['application/json'];

/** Makes a move, offers to undo a decision, and reloads what shows it. The form shows a refusal. */
export function useMove(
  { id, number }: Pick<Registration, 'id' | 'number'>,
  onMoved: (answer: Lifecycle) => void,
) {
  const queries = useQueryClient();
  const undo = useUndo();
  const reload = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: lifecycleQuery(id).queryKey }),
      queries.invalidateQueries({ queryKey: registrationQuery(id).queryKey }),
      queries.invalidateQueries({ queryKey: ['registrations'] }),
      queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
    ]);
  return useMutation({
    mutationFn: (body: MoveBody) =>
      expectAnswer(
        api.POST('/api/registrations/{id}/moves', {
          params: { path: { id } },
          body: { ...body, ...undoTimeOf(body.move) },
        }),
      ),
    onSuccess: async (answer, { move }) => {
      onMoved(answer);
      queries.setQueryData(lifecycleQuery(id).queryKey, answer);
      const done = `You ${eventText(move)}.`;
      if (answer.deferred === null) showToast(`${number}: ${stateNames[answer.state].label}`, done);
      else
        showToastWithUndo(
          `${number}: you ${eventText(move)}`,
          `Fairway writes it to the CRM in ${undoSeconds} seconds.`,
          () => void undo([id]),
        );
      await reload();
    },
    // What changed meanwhile is shown, also when the page had not reloaded yet.
    onError: (error) => {
      if ((error as Refusal).detail?.reason === 'stale_version') void reload();
    },
  });
}
