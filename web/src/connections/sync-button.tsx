import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery, overviewQuery } from '../api/queries.ts';
import type { ConnectionDetail } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { showToast, showFailure } from '../ui/layout/toast.tsx';

/** Starts a run. */
export function SyncButton({ connection: { id } }: { readonly connection: ConnectionDetail }) {
  const queries = useQueryClient();
  const sync = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/connections/{id}/sync', { params: { path: { id } } })),
    onSuccess: async ({ alreadyRunning }) => {
      showToast(
        alreadyRunning ? 'A run is already in progress' : 'Run started',
        'It reads changes from every connection and writes the differences. The overview shows the progress.',
      );
      await Promise.all(
        [connectionQuery(id).queryKey, overviewQuery.queryKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
    onError: showFailure,
  });
  if (!useMay('start_runs')) return null;
  return (
    <Button
      size="xs"
      leftSection={<IconRefresh size={15} stroke={1.8} />}
      loading={sync.isPending}
      onClick={() => sync.mutate()}
    >
      Sync now
    </Button>
  );
}
