import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import type { ProblemGroup } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { showFailure, showToast } from '../ui/layout/toast.tsx';
import styles from './problem-card.module.css';

type Answer = ProblemGroup['answers'][number];

const labels: Readonly<Record<Answer, string>> = {
  replace: 'It corrects the booked document',
  book: 'Book it as a document of its own',
  discard: 'The row is wrong: discard it',
};

/** The answers that finance can give to a question about a row of the ERP. The reason goes into the audit trail. */
export function ProblemAnswer({
  group,
  recordRef,
}: {
  readonly group: ProblemGroup;
  readonly recordRef: string;
}) {
  const queries = useQueryClient();
  const may = useMay('prepare_payouts');
  const [reason, setReason] = useState('');
  const answer = useMutation({
    mutationFn: (given: Answer) =>
      expectAnswer(
        api.POST('/api/problems/answer', {
          body: { connectionId: group.connectionId, ref: recordRef, answer: given, reason },
        }),
      ),
    onSuccess: async () => {
      showToast('Answer saved', 'The next run posts what follows from it.');
      await queries.invalidateQueries({ queryKey: ['problems'] });
    },
    onError: showFailure,
  });
  if (!may) return <p className={styles.answer}>Finance can answer.</p>;
  return (
    <div className={styles.answer}>
      <TextInput
        size="xs"
        aria-label={`Reason for the answer about ${recordRef}`}
        placeholder="Reason"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {group.answers.map((given) => (
        <Button
          key={given}
          size="compact-xs"
          variant="default"
          disabled={reason.trim() === '' || answer.isPending}
          onClick={() => answer.mutate(given)}
        >
          {labels[given]}
        </Button>
      ))}
    </div>
  );
}
