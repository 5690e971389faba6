import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { closedPeriodQuery } from '../api/queries.ts';
import { periodText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/layout/page.tsx';
import { showFailure, showToast } from '../ui/layout/toast.tsx';
import { When } from '../ui/when.tsx';

/** The month that was closed last. Two people may take its close back while nothing of it was approved. */
export function ClosedPeriodCard() {
  const { data } = useQuery(closedPeriodQuery);
  const queries = useQueryClient();
  const mayPrepare = useMay('prepare_payouts');
  const mayApprove = useMay('approve_payouts');
  const [reason, setReason] = useState('');
  const closed = data?.closed ?? null;
  const refresh = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: closedPeriodQuery.queryKey }),
      queries.invalidateQueries({ queryKey: ['payouts'] }),
    ]);
  };
  const request = useMutation({
    mutationFn: (period: string) =>
      expectAnswer(
        api.POST('/api/periods/{period}/reopen', { params: { path: { period } }, body: { reason } }),
      ),
    onSuccess: async () => {
      showToast('The request is saved', 'Another person has to confirm it.');
      await refresh();
    },
    onError: showFailure,
  });
  const confirm = useMutation({
    mutationFn: ({ period, reopeningId }: { readonly period: string; readonly reopeningId: string }) =>
      expectAnswer(
        api.POST('/api/periods/{period}/reopen/confirm', {
          params: { path: { period } },
          body: { reopeningId },
        }),
      ),
    onSuccess: async () => {
      showToast('The month is open again', 'The next run closes it when it has ended.');
      await refresh();
    },
    onError: showFailure,
  });
  if (closed === null) return null;
  const { period, closedAt, blockers, reopening } = closed;
  return (
    <Card title={`${periodText(period)} is closed`}>
      <p>
        Closed <When at={closedAt} />. Two people can take the close back while none of its payout batches is
        approved or exported. Its drafts are then deleted.
      </p>
      {blockers.map((blocker) => (
        <p key={blocker}>{blocker}</p>
      ))}
      {blockers.length === 0 && reopening === null && mayPrepare && (
        <>
          <Textarea
            label="Why is the close wrong?"
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            mt="sm"
            variant="default"
            disabled={reason.trim() === ''}
            loading={request.isPending}
            onClick={() => request.mutate(period)}
          >
            Ask to take the close back
          </Button>
        </>
      )}
      {blockers.length === 0 && reopening !== null && (
        <>
          <p>
            {reopening.requestedBy} asked <When at={reopening.requestedAt} /> to take the close back:{' '}
            {reopening.reason}
          </p>
          <p>
            {reopening.needsAnotherPerson
              ? 'You asked for it, so another person must confirm it.'
              : `Drafts that are deleted: ${reopening.batches.map(({ key }) => key).join(', ') || 'none'}.`}
          </p>
          <Button
            color="red.9"
            disabled={reopening.needsAnotherPerson || !mayApprove}
            loading={confirm.isPending}
            onClick={() => confirm.mutate({ period, reopeningId: reopening.id })}
          >
            Take the close back
          </Button>
        </>
      )}
    </Card>
  );
}
