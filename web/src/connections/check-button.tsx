import { Button, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery, connectionsQuery, overviewQuery } from '../api/queries.ts';
import type { Connection } from '../api/types.ts';
import { useMay } from '../shell/session.ts';
import { showToast, showFailure } from '../ui/layout/toast.tsx';
import { Pill } from '../ui/pill.tsx';

/** Checks the sign-in at the vendor and everything that Fairway uses there, and shows what is missing. */
export function CheckButton({
  connection: { id, name },
}: {
  readonly connection: Pick<Connection, 'id' | 'name'>;
}) {
  const queries = useQueryClient();
  const [opened, open] = useDisclosure(false);
  const check = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/connections/{id}/check', { params: { path: { id } } })),
    onSuccess: async ({ ok, account, failure, checks }) => {
      if (checks.some(({ result }) => result !== 'ok')) open.open();
      showToast(
        ok ? `${name} answers` : `${name} refuses the sign-in`,
        ok
          ? `Signed in as ${account ?? 'Fairway'}.`
          : (failure?.fix ?? 'The connection’s page says what to do.'),
      );
      await Promise.all(
        [connectionsQuery.queryKey, connectionQuery(id).queryKey, overviewQuery.queryKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
    onError: showFailure,
  });
  if (!useMay('check_connections')) return null;
  const found = check.data?.checks.filter(({ result }) => result !== 'ok') ?? [];
  return (
    <>
      <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate()}>
        Check now
      </Button>
      <Modal
        opened={opened}
        onClose={open.close}
        title={`What ${name} does not give Fairway`}
        closeButtonProps={{ 'aria-label': 'Close' }}
        size="lg"
      >
        <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {found.map(({ about, result, message, fix }) => (
            <li key={about}>
              <Pill tone={result === 'missing' ? 'bad' : 'warn'}>
                {result === 'missing' ? 'Needed' : 'Works without'}
              </Pill>{' '}
              <strong>{about}</strong>: {message}
              {fix !== null && <div className="dim">{fix}</div>}
            </li>
          ))}
        </Stack>
      </Modal>
    </>
  );
}
