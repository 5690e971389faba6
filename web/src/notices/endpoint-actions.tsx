import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { showFailure, showToast } from '../ui/layout/toast.tsx';
import { EndpointModal } from './endpoint-modal.tsx';
import { SecretShown } from './secret-shown.tsx';
import { type WebhookDelivery, type WebhookEndpoint, webhookEndpointsQuery } from './webhook-queries.ts';

type Act = 'test' | 'rotate' | 'redeliver' | 'switch';

interface EndpointActionsProps {
  readonly endpoint: WebhookEndpoint;
  readonly eventTypes: readonly string[];
}

/** The actions of an admin on one endpoint. */
export function EndpointActions({ endpoint, eventTypes }: EndpointActionsProps) {
  const queries = useQueryClient();
  const [editing, edit] = useDisclosure(false);
  const [round, setRound] = useState(0);
  const [secret, setSecret] = useState<string | null>(null);
  const { isActive, failed } = endpoint;
  const act = useMutation({
    mutationFn: (name: Act) => send(endpoint, name),
    onSuccess: async (done) => {
      if (done.secret === undefined) showToast(done.says, '');
      else setSecret(done.secret);
      await queries.invalidateQueries({ queryKey: webhookEndpointsQuery.queryKey });
    },
    onError: showFailure,
  });
  const button = (name: Act, label: string, disabled = false) => (
    <Button variant="default" disabled={disabled || act.isPending} onClick={() => act.mutate(name)}>
      {label}
    </Button>
  );
  return (
    <Group gap={6} wrap="wrap">
      {button('test', 'Send test event', !isActive)}
      {failed > 0 && button('redeliver', 'Redeliver all failed', !isActive)}
      <Button
        variant="default"
        onClick={() => {
          setRound(round + 1);
          edit.open();
        }}
      >
        Edit
      </Button>
      {button('rotate', 'Rotate secret')}
      {button('switch', isActive ? 'Disable' : 'Enable')}
      <EndpointModal
        key={round}
        endpoint={endpoint}
        eventTypes={eventTypes}
        opened={editing}
        onClose={edit.close}
      />
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title="The new secret"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {secret !== null && <SecretShown secret={secret} onClose={() => setSecret(null)} />}
      </Modal>
    </Group>
  );
}

interface Done {
  readonly says: string;
  readonly secret?: string;
}

async function send({ id, isActive }: WebhookEndpoint, name: Act): Promise<Done> {
  const params = { path: { id } };
  switch (name) {
    case 'test':
      await expectAnswer(api.POST('/api/webhook-endpoints/{id}/test', { params }));
      return { says: 'A test event is on its way' };
    case 'rotate': {
      const { secret } = await expectAnswer(api.POST('/api/webhook-endpoints/{id}/rotate', { params }));
      return { says: 'The secret was rotated', secret };
    }
    case 'redeliver': {
      const body = { since: new Date(0).toISOString() };
      const { count } = await expectAnswer(
        api.POST('/api/webhook-endpoints/{id}/redeliver', { params, body }),
      );
      return { says: `Deliveries that are sent again: ${count}` };
    }
    case 'switch':
      await expectAnswer(api.PATCH('/api/webhook-endpoints/{id}', { params, body: { isActive: !isActive } }));
      return { says: isActive ? 'The endpoint is disabled' : 'The endpoint is enabled' };
  }
}

interface RedeliverButtonProps {
  readonly endpoint: WebhookEndpoint;
  readonly delivery: WebhookDelivery;
}

export function RedeliverButton({ endpoint, delivery }: RedeliverButtonProps) {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/webhook-endpoints/{id}/redeliver', {
          params: { path: { id: endpoint.id } },
          body: { deliveryId: delivery.id },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: webhookEndpointsQuery.queryKey }),
    onError: showFailure,
  });
  return (
    <Button
      size="xs"
      variant="default"
      disabled={!endpoint.isActive}
      loading={again.isPending}
      onClick={() => again.mutate()}
    >
      Redeliver
    </Button>
  );
}
