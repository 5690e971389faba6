import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery } from '../api/queries.ts';
import { useMay } from '../shell/session.ts';
import { showToast, showFailure } from '../ui/layout/toast.tsx';

export function RunNowButton({ running }: { readonly running: boolean }) {
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/runs')),
    onSuccess: ({ alreadyRunning }) => {
      if (alreadyRunning) showToast('A run is already in progress', 'This page shows its progress.');
      return queries.invalidateQueries({ queryKey: overviewQuery.queryKey });
    },
    onError: showFailure,
  });
  if (!useMay('start_runs')) return null;
  return (
    <Button
      leftSection={<IconPlayerPlay size={16} stroke={1.8} />}
      loading={start.isPending}
      disabled={running}
      onClick={() => start.mutate()}
    >
      {running ? 'Running' : 'Run now'}
    </Button>
  );
}
