import { Button, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/client.ts';
import { channelQuery } from '../../api/queries.ts';
import type { ChannelPerson } from '../../api/types.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { useChannelChange } from './use-channel-change.ts';

const deciders: readonly string[] = ['ops', 'cam'];

/** Somebody is away, and another person decides meanwhile. */
export function AbsenceModal({
  person,
  onClose,
}: {
  readonly person: ChannelPerson;
  readonly onClose: () => void;
}) {
  const { data } = useQuery(channelQuery);
  const others = (data?.people ?? []).filter(
    (one) =>
      one.email !== person.email && deciders.includes(one.role) && one.leftAt === null && !one.isDisabled,
  );
  const [from, setFrom] = useState(dayIn(0));
  const [until, setUntil] = useState(dayIn(7));
  const [delegate, setDelegate] = useState('');
  const change = useChannelChange(`The absence of ${person.email} is entered`, {
    quiet: true,
    onDone: onClose,
  });
  const fields = change.error instanceof Refusal ? change.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [start, end] = [startOf(from), startOf(until)];
    end.setDate(end.getDate() + 1);
    change.mutate({
      act: 'away',
      email: person.email,
      from: start.toISOString(),
      to: end.toISOString(),
      delegate,
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${person.email} is away`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="First day"
            type="date"
            required
            data-autofocus
            value={from}
            error={fields['from']}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label="Last day"
            type="date"
            required
            value={until}
            error={fields['to']}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <NativeSelect
            label="Who decides meanwhile"
            required
            value={delegate}
            error={fields['delegate']}
            data={[
              { value: '', label: 'Choose a person', disabled: true },
              ...others.map(({ email }) => email),
            ]}
            onChange={(event) => setDelegate(event.currentTarget.value)}
          />
          <ModalActions onCancel={onClose} error={Object.keys(fields).length === 0 ? change.error : null}>
            <Button type="submit" loading={change.isPending}>
              Save
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}

/** `YYYY-MM-DD`, in the time zone of the browser. */
function dayIn(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

const startOf = (day: string): Date => new Date(`${day}T00:00:00`);
