import { Button, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { tell } from '../ui/layout/toast.tsx';
import styles from './connection-page.module.css';

/** How much of the vendor's allowance Fairway may use, and how much may vanish before a person is asked. */
export function LimitsForm({ connection }: { readonly connection: ConnectionDetail }) {
  const { id, dailyAllotment, vanishLimitPercent } = connection;
  const queries = useQueryClient();
  const [allotment, setAllotment] = useState<number | string>(dailyAllotment ?? '');
  const [vanish, setVanish] = useState<number | string>(vanishLimitPercent);
  const save = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.PATCH('/api/connections/{id}', {
          params: { path: { id } },
          body: {
            dailyAllotment: allotment === '' ? null : Number(allotment),
            vanishLimitPercent: Number(vanish),
          },
        }),
      ),
    onSuccess: async () => {
      tell('Saved', 'The next call goes by it.');
      await queries.invalidateQueries({ queryKey: connectionQuery(id).queryKey });
    },
  });
  const fields = save.error instanceof Refusal ? save.error.fields : {};
  const changed =
    (allotment === '' ? null : Number(allotment)) !== dailyAllotment || Number(vanish) !== vanishLimitPercent;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (!useMay('manage_connections')) return null;
  return (
    <form className={styles.form} onSubmit={submit}>
      <NumberInput
        label="Calls a day Fairway may make"
        description="Empty: all the vendor allows."
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        value={allotment}
        error={fields['dailyAllotment']}
        onChange={setAllotment}
      />
      <NumberInput
        label="Ask before more than this vanishes"
        description="In per cent of an object’s records, when everything is compared."
        min={1}
        max={100}
        suffix=" %"
        allowDecimal={false}
        value={vanish}
        error={fields['vanishLimitPercent']}
        onChange={setVanish}
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
