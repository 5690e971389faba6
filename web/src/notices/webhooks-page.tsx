import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../shell/session.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { EndpointModal } from './endpoint-modal.tsx';
import { EndpointState } from './endpoint-state.tsx';
import { MailCard } from './mail-card.tsx';
import { type WebhookEndpoint, webhookEndpointsQuery } from './webhook-queries.ts';

export function WebhooksPage() {
  const query = useQuery(webhookEndpointsQuery);
  const mayManage = useMay('manage_webhooks');
  const [open, modal] = useDisclosure(false);
  // A new form each time it opens, without the previous secret.
  const [round, setRound] = useState(0);
  const add = () => {
    setRound(round + 1);
    modal.open();
  };
  return (
    <Page
      title="Webhooks"
      lead="Other systems that learn at once what happens to a registration."
      actions={
        mayManage && (
          <Button leftSection={<IconPlus size={16} stroke={1.8} />} onClick={add}>
            Add endpoint
          </Button>
        )
      }
    >
      <Card flush>
        <QueryView query={query}>
          {({ endpoints }) =>
            endpoints.length === 0 ? (
              <EmptyState title="No endpoint yet">
                Add the address of your portal, chat or warehouse. Every request is signed.
              </EmptyState>
            ) : (
              <DataTable
                label="Webhook endpoints"
                columns={columns}
                rows={endpoints}
                rowKey={(row) => row.id}
                linkTo={(row) => `/webhooks/${row.id}`}
              />
            )
          }
        </QueryView>
      </Card>
      <MailCard />
      <EndpointModal
        key={round}
        endpoint={null}
        eventTypes={query.data?.eventTypes ?? []}
        opened={open}
        onClose={modal.close}
      />
    </Page>
  );
}

const columns: readonly Column<WebhookEndpoint>[] = [
  { id: 'url', header: 'Address', cell: (row) => row.url, maxWidth: 360 },
  { id: 'description', header: 'Description', cell: (row) => row.description, maxWidth: 200 },
  {
    id: 'events',
    header: 'Events',
    cell: (row) => (row.events.length === 0 ? 'All' : String(row.events.length)),
  },
  { id: 'state', header: 'State', cell: (row) => <EndpointState endpoint={row} /> },
  { id: 'waiting', header: 'Waiting', cell: (row) => row.waiting, align: 'right' },
  { id: 'failed', header: 'Failed', cell: (row) => row.failed, align: 'right' },
];
