import { Button, Checkbox, Modal, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail, RecordKind } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { tell } from '../ui/layout/toast.tsx';
import { recordKinds } from '../words.ts';

interface ReconcileModalProps {
  readonly connection: ConnectionDetail;
  readonly onClose: () => void;
}

/**
 * Compares everything. That many records are gone at once may be true, or a permission lost: only somebody
 * who knows may agree to it.
 */
export function ReconcileModal({ connection, onClose }: ReconcileModalProps) {
  const { id, name, removalLimitPercent, removalWarnings } = connection;
  const queries = useQueryClient();
  const [kind, setKind] = useState<RecordKind | null>(null);
  const [agreed, setAgreed] = useState(false);
  const start = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/connections/{id}/reconcile', {
          params: { path: { id } },
          body: { acceptRemovals: agreed, ...(kind === null ? {} : { kind }) },
        }),
      ),
    onSuccess: async ({ alreadyRunning }) => {
      tell(
        alreadyRunning ? 'That is already under way' : `Comparing everything with ${name}`,
        'Its progress shows under “Staying in step”.',
      );
      onClose();
      await queries.invalidateQueries({ queryKey: connectionQuery(id).queryKey });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Compare everything with ${name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <span>
          Fairway reads everything {name} holds and compares it with its own: what was missed is put right,
          what is gone is taken back. That happens once a day by itself.
        </span>
        {removalWarnings.map((warning) => (
          <strong key={warning}>{warning}</strong>
        ))}
        <Select
          label="What to compare"
          placeholder="Everything"
          clearable
          clearButtonProps={{ 'aria-label': 'Everything' }}
          data={connection.objects.flatMap(({ object, kind: held }) =>
            isRecordKind(held) ? [{ value: held, label: object }] : [],
          )}
          value={kind}
          onChange={(value) => setKind(isRecordKind(value) ? value : null)}
        />
        <Checkbox
          label={`Take records back even if more than ${removalLimitPercent} % of an object are gone`}
          description="Agree only if you know why they are: a lost permission looks the same."
          checked={agreed}
          onChange={(event) => setAgreed(event.currentTarget.checked)}
        />
        {start.error && <span role="alert">{start.error.message}</span>}
        <ModalActions onCancel={onClose}>
          <Button
            loading={start.isPending}
            {...(agreed ? { color: 'red.9' } : {})}
            onClick={() => start.mutate()}
          >
            {agreed ? 'Compare and take back' : 'Compare'}
          </Button>
        </ModalActions>
      </Stack>
    </Modal>
  );
}

function isRecordKind(kind: string | null): kind is RecordKind {
  return kind !== null && Object.hasOwn(recordKinds, kind);
}
