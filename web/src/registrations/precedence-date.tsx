import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { registrationQuery } from '../api/queries.ts';
import type { Registration } from '../api/types.ts';
import { stampText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { showFailure, showToast } from '../ui/layout/toast.tsx';

/** The instant that precedence counts from, and the form to confirm an earlier typed date. */
export function PrecedenceDate({ registration }: { readonly registration: Registration }) {
  const { status, submittedAt, precedenceAt, isDateConfirmed, termsSince } = registration;
  const may = useMay('decide_registrations');
  const waits = ['submitted', 'information_needed', 'in_review'].includes(status);
  const canConfirm =
    may && waits && termsSince === null && Date.parse(submittedAt) < Date.parse(precedenceAt);
  return (
    <>
      {stampText(precedenceAt)}
      {isDateConfirmed && ' (the typed date was confirmed)'}
      {termsSince !== null && ' (when it was changed to this deal or submitted again)'}
      {canConfirm && <ConfirmDate registration={registration} />}
    </>
  );
}

function ConfirmDate({ registration }: { readonly registration: Registration }) {
  const { id, number, submittedAt, shown } = registration;
  const queries = useQueryClient();
  const [reason, setReason] = useState<string | null>(null);
  const confirm = useMutation({
    mutationFn: (evidence: string) =>
      expectAnswer(
        api.POST('/api/registrations/{id}/confirm-date', {
          params: { path: { id } },
          body: { reason: evidence, shown },
        }),
      ),
    onSuccess: async () => {
      setReason(null);
      showToast(`Date of ${number} confirmed`, `Precedence counts from ${stampText(submittedAt)}.`);
      await queries.invalidateQueries({ queryKey: registrationQuery(id).queryKey });
      await queries.invalidateQueries({ queryKey: ['registrations'] });
    },
    onError: showFailure,
  });
  if (reason === null)
    return (
      <Button size="compact-xs" variant="subtle" onClick={() => setReason('')}>
        Confirm the typed date
      </Button>
    );
  return (
    <>
      <TextInput
        size="xs"
        label="Evidence for the typed date"
        description="It goes to the audit trail."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button
        size="compact-xs"
        mt={4}
        disabled={reason.trim() === ''}
        loading={confirm.isPending}
        onClick={() => confirm.mutate(reason)}
      >
        Count from {stampText(submittedAt)}
      </Button>
    </>
  );
}
