import { Button, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { showToast } from '../ui/layout/toast.tsx';
import styles from './connection-page.module.css';

/** The daily call limit of Fairway, and the share of records that may be removed without asking a person. */
export function LimitsForm({ connection }: { readonly connection: ConnectionDetail }) {
  const { id, dailyCallLimit, removalLimitPercent } = connection;
  const queries = useQueryClient();
  const [callLimit, setCallLimit] = useState<number | string>(dailyCallLimit ?? '');
  const [removalLimit, setRemovalLimit] = useState<number | string>(removalLimitPercent);
  const save = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.PATCH('/api/connections/{id}', {
          params: { path: { id } },
          body: {
            dailyCallLimit: callLimit === '' ? null : Number(callLimit),
            removalLimitPercent: Number(removalLimit),
          },
        }),
      ),
    onSuccess: async () => {
      showToast('Saved', 'The limits apply from the next call on.');
      await queries.invalidateQueries({ queryKey: connectionQuery(id).queryKey });
    },
  });
  const fields = save.error instanceof Refusal ? save.error.fields : {};
  const changed =
    (callLimit === '' ? null : Number(callLimit)) !== dailyCallLimit ||
    Number(removalLimit) !== removalLimitPercent;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (!useMay('manage_connections')) return null;
  return (
    <form className={styles.form} onSubmit={submit}>
      <NumberInput
        label="Daily call limit"
        description="Leave empty for the CRM’s own limit."
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        value={callLimit}
        error={fields['dailyCallLimit']}
        onChange={setCallLimit}
      />
      <NumberInput
        label="Ask me before removing more than this share"
        description="Share of an object’s records that a full comparison found missing."
        min={1}
        max={100}
        suffix=" %"
        allowDecimal={false}
        value={removalLimit}
        error={fields['removalLimitPercent']}
        onChange={setRemovalLimit}
      />
      {save.error && Object.keys(fields).length === 0 && <p role="alert">{save.error.message}</p>}
      <Button
        type="submit"
        size="xs"
        variant="default"
        className={styles.save ?? ''}
        disabled={!changed}
        loading={save.isPending}
      >
        Save limits
      </Button>
    </form>
  );
}
