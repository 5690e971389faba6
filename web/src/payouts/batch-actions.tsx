import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import type { PayoutDetail } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/layout/page.tsx';
import { tell, tellFailure } from '../ui/layout/toast.tsx';
import styles from './batch-actions.module.css';

type Step = 'submit' | 'approve' | 'return' | 'export';

const done: Readonly<Record<Step, readonly [what: string, next: string]>> = {
  submit: ['submitted', 'Somebody else can approve it now.'],
  approve: ['approved', 'It can be exported now.'],
  return: ['returned to draft', 'Whatever was approved no longer is.'],
  export: ['exported', 'The file is being put into finance’s folder, and the CRM is told.'],
};

const delivered = 'This batch is done. Its file can be downloaded again at any time.';
const notDelivered =
  'This batch is released, but its file is not in finance’s folder yet. Every run tries again; Problems says what stands in the way. It can be downloaded here.';

/** The next step of a batch, and why it may not be yours to take. */
export function BatchActions({ batch }: { readonly batch: PayoutDetail }) {
  const queries = useQueryClient();
  const mayPrepare = useMay('prepare_payouts');
  const mayApprove = useMay('approve_payouts');
  const step = useMutation({
    mutationFn: (name: Step) => send(batch.id, name),
    onSuccess: async (_, name) => {
      const [what, next] = done[name];
      tell(`Payout ${batch.key}: ${what}`, next);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['payout', batch.id] }),
        queries.invalidateQueries({ queryKey: ['payouts'] }),
        queries.invalidateQueries({ queryKey: ['overview'] }),
      ]);
    },
    onError: tellFailure,
  });
  const button = (name: Step, label: string, allowed: boolean) => (
    <Button fullWidth disabled={!allowed} loading={step.isPending} onClick={() => step.mutate(name)}>
      {label}
    </Button>
  );
  const back = mayPrepare && (
    <Button fullWidth variant="subtle" mt={6} disabled={step.isPending} onClick={() => step.mutate('return')}>
      Return to draft
    </Button>
  );
  switch (batch.status) {
    case 'draft':
      return (
        <Next says="Check the items, then hand the batch in. Whoever submits it cannot approve it: two people answer for every payout.">
          {button('submit', 'Submit for approval', mayPrepare)}
        </Next>
      );
    case 'submitted':
      return (
        <Next
          says={
            batch.needsAnotherApprover
              ? 'You submitted this batch, so somebody else from finance has to approve it. Two people answer for every payout.'
              : `${batch.submittedBy ?? 'Somebody'} submitted it. By approving you are the second person to answer for these amounts.`
          }
        >
          {button('approve', 'Approve', mayApprove && !batch.needsAnotherApprover)}
          {back}
        </Next>
      );
    case 'approved':
      return (
        <Next says="Two people have agreed. Exporting writes the payout file and books the amounts as payable; it happens once.">
          {button('export', 'Export', mayPrepare)}
          {back}
        </Next>
      );
    case 'exported':
      return <Next says={batch.fileWrittenAt === null ? notDelivered : delivered} />;
  }
}

function Next({ says, children }: { readonly says: string; readonly children?: ReactNode }) {
  return (
    <Card title="Next step">
      <p className={styles.says}>{says}</p>
      {children}
    </Card>
  );
}

async function send(id: string, step: Step): Promise<unknown> {
  const params = { params: { path: { id } } };
  switch (step) {
    case 'submit':
      return expectAnswer(api.POST('/api/payouts/{id}/submit', params));
    case 'approve':
      return expectAnswer(api.POST('/api/payouts/{id}/approve', params));
    case 'return':
      return expectAnswer(api.POST('/api/payouts/{id}/return', params));
    case 'export':
      return expectAnswer(api.POST('/api/payouts/{id}/export', params));
  }
}
