import { Button, Group, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { meQuery, passkeysQuery } from '../api/queries.ts';
import { showFailure, showToast } from '../ui/layout/toast.tsx';
import { registerPasskey } from './passkey-client.ts';

/** Adds a passkey under a name that the person will recognise. */
export function AddPasskeyForm() {
  const queries = useQueryClient();
  const [name, setName] = useState('This device');
  const add = useMutation({
    mutationFn: () => registerPasskey(name),
    onSuccess: async () => {
      showToast('Passkey added', 'You can sign in with it from now on.');
      await Promise.all([
        queries.invalidateQueries({ queryKey: passkeysQuery.queryKey }),
        queries.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]);
    },
    onError: showFailure,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label="Name of the passkey"
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={add.isPending}>
          Add a passkey
        </Button>
      </Group>
    </form>
  );
}
