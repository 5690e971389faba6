import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import { passkeysQuery, sessionsQuery } from '../api/queries.ts';
import type { OpenSession, Passkey } from '../api/types.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { showFailure } from '../ui/layout/toast.tsx';
import { When } from '../ui/when.tsx';
import { AddPasskeyForm } from './add-passkey-form.tsx';

/** One's own passkeys and sessions. */
export function AccountPage() {
  const passkeys = useQuery(passkeysQuery);
  const sessions = useQuery(sessionsQuery);
  return (
    <Page title="My account" lead="Your passkeys, and where you are signed in.">
      <Card title="Passkeys" flush>
        <QueryView query={passkeys}>
          {(data) =>
            data.passkeys.length === 0 ? (
              <EmptyState title="No passkey yet">
                A passkey signs you in without a link and confirms approvals. Add one on each device that you
                use.
              </EmptyState>
            ) : (
              <DataTable
                label="Passkeys"
                columns={passkeyColumns}
                rows={data.passkeys}
                rowKey={(row) => row.id}
              />
            )
          }
        </QueryView>
      </Card>
      <Card>
        <AddPasskeyForm />
      </Card>
      <Card title="Sessions" aside={<EndOthersButton />} flush>
        <QueryView query={sessions}>
          {(data) => (
            <DataTable
              label="Sessions"
              columns={sessionColumns}
              rows={data.sessions}
              rowKey={(row) => row.id}
            />
          )}
        </QueryView>
      </Card>
    </Page>
  );
}

const passkeyColumns: readonly Column<Passkey>[] = [
  { id: 'name', header: 'Name', cell: (row) => row.name },
  { id: 'created', header: 'Added', cell: (row) => <When at={row.createdAt} /> },
  { id: 'used', header: 'Last used', cell: (row) => <When at={row.lastUsedAt} /> },
  { id: 'approves', header: 'Confirms approvals from', cell: (row) => <When at={row.approvesFrom} /> },
  { id: 'remove', header: '', cell: (row) => <RemoveButton passkey={row} /> },
];

const sessionColumns: readonly Column<OpenSession>[] = [
  {
    id: 'browser',
    header: 'Browser',
    cell: (row) => (row.current ? <strong>This browser</strong> : (row.userAgent ?? 'Unknown')),
  },
  { id: 'created', header: 'Signed in', cell: (row) => <When at={row.createdAt} /> },
  { id: 'seen', header: 'Last used', cell: (row) => <When at={row.seenAt} /> },
  { id: 'end', header: '', cell: (row) => !row.current && <EndButton session={row} /> },
];

function RemoveButton({ passkey }: { readonly passkey: Passkey }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      expectAnswer(api.DELETE('/api/me/passkeys/{id}', { params: { path: { id: passkey.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: passkeysQuery.queryKey }),
    onError: showFailure,
  });
  return (
    <Button
      size="xs"
      variant="default"
      loading={remove.isPending}
      onClick={() => remove.mutate()}
      aria-label={`Remove ${passkey.name}`}
    >
      Remove
    </Button>
  );
}

function EndButton({ session }: { readonly session: OpenSession }) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () =>
      expectAnswer(api.DELETE('/api/me/sessions/{id}', { params: { path: { id: session.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    onError: showFailure,
  });
  return (
    <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      End
    </Button>
  );
}

function EndOthersButton() {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/me/sessions/end-others')),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    onError: showFailure,
  });
  return (
    <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      End all other sessions
    </Button>
  );
}
