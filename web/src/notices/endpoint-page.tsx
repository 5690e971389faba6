import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useMay } from '../shell/session.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card, Facts, Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Pill } from '../ui/pill.tsx';
import { When } from '../ui/when.tsx';
import { EndpointActions, RedeliverButton } from './endpoint-actions.tsx';
import { EndpointState } from './endpoint-state.tsx';
import {
  type WebhookDelivery,
  webhookDeliveriesQuery,
  type WebhookEndpoint,
  webhookEndpointsQuery,
} from './webhook-queries.ts';

const parent = { to: '/webhooks', label: 'Webhooks' };

export function EndpointPage() {
  const { id = '' } = useParams();
  const query = useQuery(webhookEndpointsQuery);
  return (
    <QueryView query={query}>
      {({ endpoints, eventTypes }) => {
        const endpoint = endpoints.find((one) => one.id === id);
        return endpoint === undefined ? (
          <Page title="Webhook endpoint" parent={parent}>
            <EmptyState title="There is no such endpoint">Go back to the list.</EmptyState>
          </Page>
        ) : (
          <Endpoint endpoint={endpoint} eventTypes={eventTypes} />
        );
      }}
    </QueryView>
  );
}

interface EndpointProps {
  readonly endpoint: WebhookEndpoint;
  readonly eventTypes: readonly string[];
}

function Endpoint({ endpoint, eventTypes }: EndpointProps) {
  const deliveries = useQuery(webhookDeliveriesQuery(endpoint.id));
  const mayManage = useMay('manage_webhooks');
  const columns = mayManage
    ? [...shown, { id: 'again', header: 'Actions', cell: redeliverIn(endpoint) }]
    : shown;
  return (
    <Page
      title={endpoint.description === '' ? new URL(endpoint.url).host : endpoint.description}
      mark={<EndpointState endpoint={endpoint} />}
      parent={parent}
      actions={mayManage && <EndpointActions endpoint={endpoint} eventTypes={eventTypes} />}
    >
      <Card title="Endpoint">
        <Facts
          facts={[
            ['Address', endpoint.url],
            ['Events', endpoint.events.length === 0 ? 'All' : endpoint.events.join(', ')],
            ['Failing since', endpoint.failingSince && <When at={endpoint.failingSince} />],
            ['Nothing is sent before', endpoint.pausedUntil && <When at={endpoint.pausedUntil} />],
            [
              'The previous secret signs until',
              endpoint.previousSecretUntil && <When at={endpoint.previousSecretUntil} />,
            ],
          ]}
        />
      </Card>
      <Card title="Deliveries" flush>
        <QueryView query={deliveries}>
          {({ deliveries: rows }) =>
            rows.length === 0 ? (
              <EmptyState title="Nothing was sent yet">Send a test event to try the endpoint.</EmptyState>
            ) : (
              <DataTable label="Deliveries" columns={columns} rows={rows} rowKey={(row) => row.id} />
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}

const redeliverIn = (endpoint: WebhookEndpoint) =>
  function Redeliver(row: WebhookDelivery) {
    return <RedeliverButton endpoint={endpoint} delivery={row} />;
  };

const tones = { delivered: 'good', waiting: 'warn', failed: 'bad' } as const;
const words = { delivered: 'Delivered', waiting: 'Waiting', failed: 'Failed' } as const;

const shown: readonly Column<WebhookDelivery>[] = [
  { id: 'type', header: 'Event', cell: (row) => row.type },
  { id: 'state', header: 'State', cell: (row) => <Pill tone={tones[row.status]}>{words[row.status]}</Pill> },
  { id: 'created', header: 'Added', cell: (row) => <When at={row.createdAt} /> },
  { id: 'attempts', header: 'Attempts', cell: (row) => row.attempts.length, align: 'right' },
  { id: 'last', header: 'Last attempt', cell: (row) => <LastAttempt delivery={row} /> },
  { id: 'next', header: 'Next attempt', cell: (row) => <When at={row.nextAttemptAt} empty="none" /> },
];

function LastAttempt({ delivery: { attempts } }: { readonly delivery: WebhookDelivery }) {
  const last = attempts.at(-1);
  if (last === undefined) return <span className="dim">none</span>;
  return (
    <span>
      {last.error ?? `status ${last.statusCode}`}
      <span className="dim"> · {last.durationMs} ms</span>
    </span>
  );
}
