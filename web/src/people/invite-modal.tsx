import { Button, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { peopleQuery } from '../api/queries.ts';
import type { Role } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { roleNames } from '../words.ts';
import { InvitationResult } from './invitation-result.tsx';

const roles: readonly Role[] = ['ops', 'finance', 'viewer', 'admin'];

interface InviteModalProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Adds a person. The link is mailed to them, shown once, or given to a second admin; see `InvitationResult`. */
export function InviteModal({ opened, onClose }: InviteModalProps) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('ops');
  const invite = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/people', { body: { name, email, role } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  const fields = invite.error instanceof Refusal ? invite.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={invite.data ? `${invite.data.person.name} is invited` : 'Invite a person'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {invite.data ? (
        <InvitationResult invited={invite.data} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="Name"
              required
              data-autofocus
              value={name}
              error={fields['name']}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="E-mail"
              type="email"
              required
              value={email}
              error={fields['email']}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Radio.Group
              label="Role"
              value={role}
              onChange={(value) => setRole(roles.find((one) => one === value) ?? 'viewer')}
            >
              <Stack gap={8} mt={6}>
                {roles.map((one) => (
                  <Radio
                    key={one}
                    value={one}
                    label={roleNames[one].label}
                    description={roleNames[one].may}
                  />
                ))}
              </Stack>
            </Radio.Group>
            <ModalActions onCancel={onClose} error={Object.keys(fields).length === 0 ? invite.error : null}>
              <Button type="submit" loading={invite.isPending}>
                Invite
              </Button>
            </ModalActions>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
