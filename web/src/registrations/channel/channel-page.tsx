import { Button, Group } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { channelQuery } from '../../api/queries.ts';
import type { Channel, ChannelPerson } from '../../api/types.ts';
import { stampText } from '../../format.ts';
import { useMay } from '../../shell/session.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Card, Page } from '../../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../../ui/layout/states.tsx';
import { roleNames } from '../../words.ts';
import { ChannelActions } from './channel-actions.tsx';
import { PartnerModal } from './partner-modal.tsx';
import { RoleModal } from './role-modal.tsx';
import { channelRoleNames } from './role-names.ts';
import { useChannelChange } from './use-channel-change.ts';

type Suggestion = Channel['suggestions'][number];
type ChangedPartner = Channel['partners'][number];

/** Who may do what to registrations, who is away, and which partners are suspended. */
export function ChannelPage() {
  const query = useQuery(channelQuery);
  const may = useMay('manage_channel');
  const [open, setOpen] = useState<'person' | 'partner' | null>(null);
  return (
    <Page
      title="Channel"
      lead="Sales reps, channel account managers and people of partners, who is away, and partners that are suspended."
      actions={
        may && (
          <Button leftSection={<IconUserPlus size={16} stroke={1.8} />} onClick={() => setOpen('person')}>
            Add a person
          </Button>
        )
      }
    >
      <QueryView query={query}>
        {(channel) => (
          <>
            <Card flush title="People">
              <DataTable
                label="People of the channel"
                columns={may ? [...people, actions] : people}
                rows={channel.people}
                rowKey={(row) => row.email}
              />
            </Card>
            {may && channel.suggestions.length > 0 && (
              <Card flush title="Owners of partners’ accounts without a role">
                <DataTable
                  label="Owners without a role"
                  columns={suggested}
                  rows={channel.suggestions}
                  rowKey={(row) => row.email}
                />
              </Card>
            )}
            <Card
              flush
              title="Partners that are not active"
              aside={
                may && (
                  <Button size="xs" variant="default" onClick={() => setOpen('partner')}>
                    Suspend or end
                  </Button>
                )
              }
            >
              {channel.partners.length === 0 ? (
                <EmptyState title="All partners are active">
                  A partner that the CRM suspends is listed here, and one that you suspend or end.
                </EmptyState>
              ) : (
                <DataTable
                  label="Partners that are not active"
                  columns={may ? [...partners, reinstate] : partners}
                  rows={channel.partners}
                  rowKey={(row) => row.id}
                />
              )}
            </Card>
          </>
        )}
      </QueryView>
      {open === 'person' && <RoleModal onClose={() => setOpen(null)} />}
      {open === 'partner' && <PartnerModal onClose={() => setOpen(null)} />}
    </Page>
  );
}

const people: readonly Column<ChannelPerson>[] = [
  {
    id: 'email',
    header: 'Person',
    cell: (row) => <strong style={{ fontWeight: 550 }}>{row.email}</strong>,
    sortBy: (row) => row.email,
  },
  {
    id: 'role',
    header: 'Role',
    cell: (row) => channelRoleNames[row.role] ?? row.role,
    sortBy: (row) => row.role,
  },
  {
    id: 'partner',
    header: 'Partners',
    cell: (row) =>
      row.partner?.name ?? (row.ownedPartners > 0 ? `looks after ${row.ownedPartners}` : <None />),
    sortBy: (row) => row.partner?.name ?? '',
    secondary: true,
  },
  {
    id: 'sign-in',
    header: 'Signs in',
    cell: (row) =>
      row.signInRole === null ? (
        <span className="dim">no</span>
      ) : (
        `${roleNames[row.signInRole].label}${row.isDisabled ? ', disabled' : ''}`
      ),
    secondary: true,
  },
  { id: 'state', header: 'State', cell: (row) => <Presence person={row} /> },
];
const actions: Column<ChannelPerson> = {
  id: 'actions',
  header: 'Actions',
  cell: (row) => <ChannelActions person={row} />,
};

function None() {
  return <span className="dim">–</span>;
}

function Presence({ person }: { readonly person: ChannelPerson }) {
  if (person.leftAt !== null) return <span className="dim">Left {stampText(person.leftAt)}</span>;
  const [next] = person.absences;
  if (next === undefined) return <>Here</>;
  return (
    <span>
      {next.hasBegun ? 'Away until' : `Away from ${stampText(next.from)} until`} {stampText(next.to)}
      <span className="dim"> · {next.delegate} decides</span>
    </span>
  );
}

const suggested: readonly Column<Suggestion>[] = [
  {
    id: 'email',
    header: 'Person',
    cell: (row) => (
      <>
        {row.name ?? row.email} <span className="dim">{row.name === null ? '' : row.email}</span>
      </>
    ),
  },
  { id: 'partners', header: 'Partners', cell: (row) => row.partners, align: 'right' },
  { id: 'add', header: 'Actions', cell: (row) => <AddManager email={row.email} /> },
];

function AddManager({ email }: { readonly email: string }) {
  const change = useChannelChange(`${email} is a channel account manager`);
  return (
    <Button
      size="xs"
      variant="default"
      loading={change.isPending}
      onClick={() => change.mutate({ act: 'role', email, role: 'cam' })}
    >
      Make channel account manager
    </Button>
  );
}

const partners: readonly Column<ChangedPartner>[] = [
  { id: 'name', header: 'Partner', cell: (row) => row.name, sortBy: (row) => row.name },
  { id: 'code', header: 'Code', cell: (row) => row.code ?? <None />, secondary: true },
  {
    id: 'status',
    header: 'Status',
    cell: (row) => (row.status === 'terminated' ? 'Left the programme' : 'Suspended'),
  },
  { id: 'by', header: 'Said by', cell: (row) => row.setBy ?? 'the CRM' },
];
const reinstate: Column<ChangedPartner> = {
  id: 'actions',
  header: 'Actions',
  cell: (row) =>
    row.setBy === null ? <span className="dim">end it in the CRM</span> : <Reinstate partner={row} />,
};

function Reinstate({ partner }: { readonly partner: ChangedPartner }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Group>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Reinstate
      </Button>
      {isOpen && <PartnerModal partner={partner} onClose={() => setOpen(false)} />}
    </Group>
  );
}
