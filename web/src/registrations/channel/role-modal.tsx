import { Button, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/client.ts';
import type { ChannelPerson } from '../../api/types.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { type ChannelRole, useChannelChange } from './use-channel-change.ts';

const roles: readonly { readonly role: ChannelRole; readonly label: string; readonly may: string }[] = [
  {
    role: 'cam',
    label: 'Channel account manager',
    may: 'Decides where the programme names them; looks after the partners whose accounts they own in the CRM',
  },
  { role: 'rep', label: 'Sales rep', may: 'Submits, answers questions and converts' },
  { role: 'partner', label: 'Partner', may: 'Gets the notices of one partner; does not sign in' },
];

/** Adds a person to the channel, or changes the role of one. */
export function RoleModal({
  person,
  onClose,
}: {
  readonly person?: ChannelPerson;
  readonly onClose: () => void;
}) {
  const [email, setEmail] = useState(person?.email ?? '');
  const [role, setRole] = useState<ChannelRole>(
    roles.find((one) => one.role === person?.role)?.role ?? 'cam',
  );
  const [partner, setPartner] = useState(person?.partner?.code ?? person?.partner?.id ?? '');
  const change = useChannelChange(`${email} has the role`, { quiet: true, onDone: onClose });
  const fields = change.error instanceof Refusal ? change.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ act: 'role', email, role, ...(role === 'partner' && { partner }) });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={person ? `Role of ${person.email}` : 'Add a person to the channel'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {!person && (
            <TextInput
              label="E-mail"
              description="The same as in the CRM"
              type="email"
              required
              data-autofocus
              value={email}
              error={fields['email']}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          )}
          <Radio.Group
            label="Role"
            value={role}
            onChange={(value) => setRole(roles.find((one) => one.role === value)?.role ?? 'cam')}
          >
            <Stack gap={8} mt={6}>
              {roles.map((one) => (
                <Radio key={one.role} value={one.role} label={one.label} description={one.may} />
              ))}
            </Stack>
          </Radio.Group>
          {role === 'partner' && (
            <TextInput
              label="Partner code"
              description="As in the CRM"
              required
              value={partner}
              error={fields['partner']}
              onChange={(event) => setPartner(event.currentTarget.value)}
            />
          )}
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
