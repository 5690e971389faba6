import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';

/** For a person with neither passkey nor link: shows a code, which an admin enters before this browser may go on. */
export function AskAgain() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => expectAnswer(api.POST('/api/recovery', { body: { email } })) });
  const goOn = useMutation({
    mutationFn: (token: string) => expectAnswer(api.POST('/api/recovery/use', { body: { token } })),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      void navigate('/', { replace: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const error = ask.error ?? goOn.error;
  return (
    <Stack gap="sm">
      {ask.data ? (
        <>
          <p>
            Call an admin of Fairway and read out this code: <strong>{ask.data.code}</strong>
          </p>
          {ask.data.isMailed ? (
            <p>Then open the link that is mailed to you.</p>
          ) : (
            <Button loading={goOn.isPending} onClick={() => goOn.mutate(ask.data.token)}>
              The admin has agreed
            </Button>
          )}
        </>
      ) : (
        <form onSubmit={submit}>
          <Group align="flex-end" gap="xs">
            <TextInput
              label="Your e-mail"
              type="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={ask.isPending}>
              Ask an admin
            </Button>
          </Group>
        </form>
      )}
      {error && <p role="alert">{error.message}</p>}
    </Stack>
  );
}
