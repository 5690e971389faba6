import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { peopleQuery } from '../api/queries.ts';
import type { Person } from '../api/types.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { roleNames } from '../words.ts';
import { InviteModal } from './invite-modal.tsx';
import { PersonActions } from './person-actions.tsx';

export function PeoplePage() {
  const query = useQuery(peopleQuery);
  const [open, modal] = useDisclosure(false);
  // A new form each time it opens, without the previous link.
  const [round, setRound] = useState(0);
  const invite = () => {
    setRound(round + 1);
    modal.open();
  };
  return (
    <Page
      title="People"
      lead="The people who use Fairway and their roles. Two people who invited each other never count as two for an approval."
      actions={
        <Button leftSection={<IconUserPlus size={16} stroke={1.8} />} onClick={invite}>
          Invite
        </Button>
      }
    >
      <Card flush>
        <QueryView query={query}>
          {({ people }) => (
            <DataTable label="People" columns={columns} rows={people} rowKey={(row) => row.id} />
          )}
        </QueryView>
      </Card>
      <InviteModal key={round} opened={open} onClose={modal.close} />
    </Page>
  );
}

const columns: readonly Column<Person>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (row) => <strong style={{ fontWeight: 550 }}>{row.name}</strong>,
    sortBy: (row) => row.name.toLowerCase(),
  },
  { id: 'email', header: 'E-mail', cell: (row) => row.email, sortBy: (row) => row.email },
  { id: 'role', header: 'Role', cell: (row) => roleNames[row.role].label, sortBy: (row) => row.role },
  { id: 'state', header: 'State', cell: (row) => <PersonState person={row} />, sortBy: (row) => row.state },
  { id: 'seen', header: 'Last seen', cell: (row) => <When at={row.lastSeenAt} /> },
  { id: 'actions', header: 'Actions', cell: (row) => <PersonActions person={row} /> },
];

function PersonState({ person }: { readonly person: Person }) {
  if (person.state === 'disabled') return <span className="dim">Disabled</span>;
  return (
    <span>
      {person.state === 'invited' ? 'Invited' : 'Active'}
      {person.isDemo && ', demo'}
      {person.approvesFrom !== null && (
        <span className="dim">
          {' '}
          · may approve <When at={person.approvesFrom} />
        </span>
      )}
    </span>
  );
}
