import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import type { PayoutDetail } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/layout/page.tsx';
import { showToast, showFailure } from '../ui/layout/toast.tsx';
import { ChangesNotice } from '../ui/changes-notice.tsx';
import { type Seen, useSeen } from '../ui/use-seen.ts';
import styles from './batch-actions.module.css';

type Step = 'submit' | 'approve' | 'return' | 'export';

const done: Readonly<Record<Step, readonly [what: string, next: string]>> = {
  submit: ['submitted', 'Another person can approve it now.'],
  approve: ['approved', 'It can be exported now.'],
  return: ['returned to draft', 'Its approval is void.'],
  export: ['exported', 'The file is being written to finance’s folder, and the amounts to the CRM.'],
};

const delivered = 'This batch is done. Its file can be downloaded again at any time.';
const notDelivered =
  'This batch is exported, but its file is not in finance’s folder yet. Every run tries again; Problems shows the reason. You can download the file here.';

/** The next step of a batch, or the reason why this person cannot take it. */
export function BatchActions({ batch }: { readonly batch: PayoutDetail }) {
  const queries = useQueryClient();
  const mayPrepare = useMay('prepare_payouts');
  const mayApprove = useMay('approve_payouts');
  const seen = useSeen(batch.shown);
  const changed = seen.changes.length > 0;
  const step = useMutation({
    mutationFn: (name: Step) => send(batch.id, seen.shown, name),
    onSuccess: async (_, name) => {
      const [what, next] = done[name];
      showToast(`Payout ${batch.key}: ${what}`, next);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['payout', batch.id] }),
        queries.invalidateQueries({ queryKey: ['payouts'] }),
        queries.invalidateQueries({ queryKey: ['overview'] }),
      ]);
    },
    onError: showFailure,
  });
  const button = (name: Step, label: string, allowed: boolean) => (
    <Button
      fullWidth
      disabled={!allowed || changed}
      loading={step.isPending}
      onClick={() => step.mutate(name)}
    >
      {label}
    </Button>
  );
  const back = mayPrepare && (
    <Button
      fullWidth
      variant="subtle"
      mt={6}
      disabled={step.isPending || changed}
      onClick={() => step.mutate('return')}
    >
      Return to draft
    </Button>
  );
  switch (batch.status) {
    case 'draft':
      return (
        <Next
          seen={seen}
          says="Check the items, then submit the batch. The person who submits it cannot approve it, because every payout needs two people."
        >
          {button('submit', 'Submit for approval', mayPrepare)}
        </Next>
      );
    case 'submitted':
      return (
        <Next
          seen={seen}
          says={
            batch.needsAnotherApprover
              ? 'You submitted this batch, so another person in finance must approve it. Every payout needs two people.'
              : `${batch.submittedBy ?? 'Another person'} submitted it. By approving, you confirm these amounts as the second person.`
          }
        >
          {button('approve', 'Approve', mayApprove && !batch.needsAnotherApprover)}
          {back}
        </Next>
      );
    case 'approved':
      return (
        <Next
          seen={seen}
          says="Two people have approved these amounts. Exporting writes the payout file and posts the amounts as payable. It can be done only once."
        >
          {button('export', 'Export', mayPrepare)}
          {back}
        </Next>
      );
    case 'exported':
      return <Next seen={seen} says={batch.fileWrittenAt === null ? notDelivered : delivered} />;
  }
}

function Next({
  seen,
  says,
  children,
}: {
  readonly seen: Seen;
  readonly says: string;
  readonly children?: ReactNode;
}) {
  return (
    <Card title="Next step">
      <p className={styles.says}>{says}</p>
      {children && <ChangesNotice seen={seen} />}
      {children}
    </Card>
  );
}

async function send(id: string, shown: PayoutDetail['shown'], step: Step): Promise<unknown> {
  const params = { params: { path: { id } }, body: { shown } };
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
