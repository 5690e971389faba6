import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { peopleQuery } from '../api/queries.ts';
import type { Invited, Person, Role } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { showFailure, showToast } from '../ui/layout/toast.tsx';
import { roleNames } from '../words.ts';
import { InvitationResult } from './invitation-result.tsx';

type Act = 'confirm' | 'disable' | 'enable' | 'end-sessions';

const acts: Readonly<Record<Act, { readonly label: string; readonly done: string }>> = {
  confirm: { label: 'Confirm', done: 'is confirmed and may approve' },
  disable: { label: 'Disable', done: 'is disabled; sessions and links have ended' },
  enable: { label: 'Enable', done: 'may sign in again' },
  'end-sessions': { label: 'End sessions', done: 'is signed out everywhere' },
};

/** The actions of an admin on one person. */
export function PersonActions({ person }: { readonly person: Person }) {
  const queries = useQueryClient();
  const [invited, setInvited] = useState<Invited | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
  const act = useMutation({
    mutationFn: (name: Act) => send(person.id, name),
    onSuccess: async (_, name) => {
      showToast(`${person.name} ${acts[name].done}`, '');
      await refresh();
    },
    onError: showFailure,
  });
  const link = useMutation({
    mutationFn: () =>
      expectAnswer(api.POST('/api/people/{id}/link', { params: { path: { id: person.id } } })),
    onSuccess: async (answer) => {
      setInvited(answer);
      await refresh();
    },
    onError: showFailure,
  });
  const button = (name: Act) => (
    <Button size="xs" variant="default" disabled={act.isPending} onClick={() => act.mutate(name)}>
      {acts[name].label}
    </Button>
  );
  if (person.state === 'disabled') return button('enable');
  return (
    <Group gap={6} wrap="wrap">
      {person.state === 'invited' && (
        <Button size="xs" variant="default" loading={link.isPending} onClick={() => link.mutate()}>
          Get sign-in link
        </Button>
      )}
      {person.approvesFrom !== null && person.confirmBlocker === null && button('confirm')}
      {person.askedAgainAt !== null && <LetInButton person={person} />}
      <RoleButton person={person} />
      {person.state === 'active' && button('end-sessions')}
      {button('disable')}
      <Modal
        opened={invited !== null}
        onClose={() => setInvited(null)}
        title={`Sign-in link for ${person.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {invited && <InvitationResult invited={invited} onClose={() => setInvited(null)} />}
      </Modal>
    </Group>
  );
}

async function send(id: string, name: Act): Promise<unknown> {
  const params = { params: { path: { id } } };
  switch (name) {
    case 'confirm':
      return expectAnswer(api.POST('/api/people/{id}/confirm', params));
    case 'disable':
      return expectAnswer(api.POST('/api/people/{id}/disable', params));
    case 'enable':
      return expectAnswer(api.POST('/api/people/{id}/enable', params));
    case 'end-sessions':
      return expectAnswer(api.POST('/api/people/{id}/end-sessions', params));
  }
}

const roleOptions = Object.entries(roleNames).map(([value, { label }]) => ({ value, label }));

function RoleButton({ person }: { readonly person: Person }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<Role>(person.role);
  const change = useMutation({
    mutationFn: () =>
      expectAnswer(api.PATCH('/api/people/{id}', { params: { path: { id: person.id } }, body: { role } })),
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
    },
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Change role
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={`Role of ${person.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="sm">
          <p>
            Sessions and links of {person.name} end. The new role approves nothing until a second admin
            confirms it or the waiting time has passed (24 hours by default).
          </p>
          <Select
            label="Role"
            data={roleOptions}
            value={role}
            allowDeselect={false}
            onChange={(value) => setRole(roleOptions.find((one) => one.value === value)?.value as Role)}
          />
          <ModalActions onCancel={() => setOpen(false)} error={change.error}>
            <Button loading={change.isPending} onClick={() => change.mutate()}>
              Change role
            </Button>
          </ModalActions>
        </Stack>
      </Modal>
    </>
  );
}

function LetInButton({ person }: { readonly person: Person }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState('');
  const letIn = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/people/{id}/let-in', { params: { path: { id: person.id } }, body: { code } }),
      ),
    onSuccess: async () => {
      setOpen(false);
      showToast(`${person.name} may go on`, 'Their new passkey confirms approvals after the waiting time.');
      await queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
    },
  });
  return (
    <>
      <Button size="xs" onClick={() => setOpen(true)}>
        Let in again
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={`Let ${person.name} in again`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="sm">
          <p>
            Somebody asked to sign in as {person.name}. Call {person.name} on a number you know, and enter the
            code they read out. Without a mail server you two no longer count as two people for approvals.
          </p>
          <TextInput
            label="Code"
            inputMode="numeric"
            maxLength={6}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <ModalActions onCancel={() => setOpen(false)} error={letIn.error}>
            <Button loading={letIn.isPending} disabled={code.length !== 6} onClick={() => letIn.mutate()}>
              Let in
            </Button>
          </ModalActions>
        </Stack>
      </Modal>
    </>
  );
}
