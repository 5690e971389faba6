import { Button, CopyButton, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { peopleQuery } from '../api/queries.ts';
import type { Role } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { roleNames } from '../words.ts';
import styles from './invite-modal.module.css';

const roles: readonly Role[] = ['ops', 'finance', 'viewer', 'admin'];

interface InviteModalProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Adds a person or creates a new link for one. The link is shown once, because only its hash is stored. */
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
      title={invite.data ? `Sign-in link for ${invite.data.person.name}` : 'Invite a person'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {invite.data ? (
        <OneTimeLink link={invite.data.link} onClose={onClose} />
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
                Create link
              </Button>
            </ModalActions>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function OneTimeLink({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  return (
    <Stack gap="sm">
      <p className={styles.says}>
        Send this link over a channel you trust. It works once, within 30 minutes, and is not shown again.
      </p>
      <code className={styles.link}>{link}</code>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
