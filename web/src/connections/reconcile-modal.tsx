import { Button, Checkbox, Modal, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail, RecordKind } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { showToast } from '../ui/layout/toast.tsx';
import { recordKinds } from '../words.ts';

interface ReconcileModalProps {
  readonly connection: ConnectionDetail;
  readonly onClose: () => void;
}

/**
 * Compares everything. When many records are missing at once, they were deleted or a permission was lost.
 * Only a person who knows which may accept the removal.
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
      showToast(
        alreadyRunning ? 'A comparison is already running' : `Comparing everything with ${name}`,
        '“Change detection” shows the progress.',
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
          Fairway reads everything {name} holds and compares it with its own data. It corrects what was missed
          and removes records that were deleted. This also happens once a day automatically.
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
          label={`Remove missing records even above the limit of ${removalLimitPercent} % of an object`}
          description="Tick this only if you know that they were deleted. A lost permission looks the same."
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
            {agreed ? 'Compare and remove' : 'Compare'}
          </Button>
        </ModalActions>
      </Stack>
    </Modal>
  );
}

function isRecordKind(kind: string | null): kind is RecordKind {
  return kind !== null && Object.hasOwn(recordKinds, kind);
}
