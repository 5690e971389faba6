import { Button, Modal, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/client.ts';
import type { Channel } from '../../api/types.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { useChannelChange } from './use-channel-change.ts';

interface PartnerModalProps {
  /** The partner to reinstate; without one, a partner is suspended or ended. */
  readonly partner?: Channel['partners'][number];
  readonly onClose: () => void;
}

/** Suspends a partner, ends the partnership, or reinstates a partner. */
export function PartnerModal({ partner, onClose }: PartnerModalProps) {
  const [code, setCode] = useState('');
  const [change, setChange] = useState<'suspend' | 'terminate'>('suspend');
  const [reason, setReason] = useState('');
  const save = useChannelChange(partner ? `${partner.name} is active again` : 'The partner is changed', {
    quiet: true,
    onDone: onClose,
  });
  const fields = save.error instanceof Refusal ? save.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      act: 'partner',
      partner: partner?.id ?? code,
      change: partner ? 'reinstate' : change,
      reason,
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={partner ? `Reinstate ${partner.name}` : 'Suspend or end a partner'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {partner ? (
            <p>
              The partner can submit again. Registrations that are held go on; those that were ended stay
              ended.
            </p>
          ) : (
            <>
              <TextInput
                label="Partner code"
                description="As in the CRM"
                required
                data-autofocus
                value={code}
                error={fields['partner']}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
              <Radio.Group
                label="What happens"
                value={change}
                onChange={(value) => setChange(value === 'terminate' ? 'terminate' : 'suspend')}
              >
                <Stack gap={8} mt={6}>
                  <Radio
                    value="suspend"
                    label="Suspend"
                    description="What waits is held and its time is paused, until you reinstate the partner"
                  />
                  <Radio
                    value="terminate"
                    label="End the partnership"
                    description="What waits is rejected and what is protected is withdrawn. This cannot be taken back."
                  />
                </Stack>
              </Radio.Group>
            </>
          )}
          <Textarea
            label="Reason"
            description="For the audit trail"
            required
            autosize
            value={reason}
            error={fields['reason']}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ModalActions onCancel={onClose} error={Object.keys(fields).length === 0 ? save.error : null}>
            <Button
              type="submit"
              loading={save.isPending}
              {...(!partner && change === 'terminate' && { color: 'red' })}
            >
              {partner ? 'Reinstate' : change === 'terminate' ? 'End the partnership' : 'Suspend'}
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}
