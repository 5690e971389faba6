import { Button, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { SecretShown } from './secret-shown.tsx';
import { type WebhookEndpoint, webhookEndpointsQuery } from './webhook-queries.ts';

interface EndpointModalProps {
  /** Null for a new one. */
  readonly endpoint: WebhookEndpoint | null;
  readonly eventTypes: readonly string[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Adds an endpoint and shows its secret, or changes one. */
export function EndpointModal({ endpoint, eventTypes, opened, onClose }: EndpointModalProps) {
  const queries = useQueryClient();
  const [url, setUrl] = useState(endpoint?.url ?? '');
  const [description, setDescription] = useState(endpoint?.description ?? '');
  const [events, setEvents] = useState<string[]>(endpoint?.events ?? []);
  const save = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const body = { url, description, events };
      if (endpoint === null) return (await expectAnswer(api.POST('/api/webhook-endpoints', { body }))).secret;
      const params = { path: { id: endpoint.id } };
      await expectAnswer(api.PATCH('/api/webhook-endpoints/{id}', { params, body }));
      return null;
    },
    onSuccess: async (secret) => {
      await queries.invalidateQueries({ queryKey: webhookEndpointsQuery.queryKey });
      if (secret === null) onClose();
    },
  });
  const fields = save.error instanceof Refusal ? save.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={
        save.data ? 'The endpoint is added' : endpoint === null ? 'Add an endpoint' : 'Edit the endpoint'
      }
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {save.data ? (
        <SecretShown secret={save.data} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="Address"
              placeholder="https://portal.example.com/hooks"
              required
              data-autofocus
              value={url}
              error={fields['url']}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <TextInput
              label="Description"
              value={description}
              error={fields['description']}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            <MultiSelect
              label="Events"
              description="None for all."
              searchable
              data={[...eventTypes]}
              value={events}
              error={fields['events']}
              onChange={setEvents}
            />
            <ModalActions onCancel={onClose} error={Object.keys(fields).length === 0 ? save.error : null}>
              <Button type="submit" loading={save.isPending}>
                {endpoint === null ? 'Add' : 'Save'}
              </Button>
            </ModalActions>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
