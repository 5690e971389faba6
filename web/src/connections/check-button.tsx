import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery, connectionsQuery, overviewQuery } from '../api/queries.ts';
import type { Connection } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { showToast, showFailure } from '../ui/layout/toast.tsx';

/** Checks the sign-in at the vendor. */
export function CheckButton({
  connection: { id, name },
}: {
  readonly connection: Pick<Connection, 'id' | 'name'>;
}) {
  const queries = useQueryClient();
  const check = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/connections/{id}/check', { params: { path: { id } } })),
    onSuccess: async ({ ok, account, failure }) => {
      showToast(
        ok ? `${name} answers` : `${name} refuses the sign-in`,
        ok
          ? `Signed in as ${account ?? 'Fairway'}.`
          : (failure?.fix ?? 'The connection’s page says what to do.'),
      );
      await Promise.all(
        [connectionsQuery.queryKey, connectionQuery(id).queryKey, overviewQuery.queryKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
    onError: showFailure,
  });
  if (!useMay('check_connections')) return null;
  return (
    <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate()}>
      Check now
    </Button>
  );
}
