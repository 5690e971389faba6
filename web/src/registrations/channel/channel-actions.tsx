import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { ChannelPerson } from '../../api/types.ts';
import { AbsenceModal } from './absence-modal.tsx';
import { RoleModal } from './role-modal.tsx';
import { useChannelChange } from './use-channel-change.ts';

/** What operations can change about a person of the channel. */
export function ChannelActions({ person }: { readonly person: ChannelPerson }) {
  const [open, setOpen] = useState<'role' | 'away' | null>(null);
  const leave = useChannelChange(`${person.email} has left and decides nothing`);
  const back = useChannelChange(`${person.email} is back`);
  const { email, role, signInRole, leftAt } = person;
  if (leftAt !== null)
    return (
      <Button
        size="xs"
        variant="default"
        loading={back.isPending}
        onClick={() => back.mutate({ act: 'return', email })}
      >
        Is back
      </Button>
    );
  const hasGivenRole = signInRole === null || signInRole === 'viewer';
  const [absence] = person.absences;
  const decides = role === 'ops' || role === 'cam';
  return (
    <Group gap={6} wrap="wrap">
      {hasGivenRole && (
        <Button size="xs" variant="default" onClick={() => setOpen('role')}>
          Change role
        </Button>
      )}
      {decides && absence === undefined && (
        <Button size="xs" variant="default" onClick={() => setOpen('away')}>
          Away
        </Button>
      )}
      {absence !== undefined && (
        <Button
          size="xs"
          variant="default"
          loading={back.isPending}
          onClick={() => back.mutate({ act: 'back', absence: absence.id })}
        >
          End absence
        </Button>
      )}
      {hasGivenRole && role !== 'auditor' && (
        <Button
          size="xs"
          variant="default"
          loading={leave.isPending}
          onClick={() => leave.mutate({ act: 'leave', email })}
        >
          Has left
        </Button>
      )}
      {open === 'role' && <RoleModal person={person} onClose={() => setOpen(null)} />}
      {open === 'away' && <AbsenceModal person={person} onClose={() => setOpen(null)} />}
    </Group>
  );
}
