import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { showToast } from '../../ui/layout/toast.tsx';
import { ChangesNotice } from '../../ui/changes-notice.tsx';
import { useSeen } from '../../ui/use-seen.ts';
import { ChangesList } from './changes-list.tsx';
import { at } from '../mapping-queries.ts';
import type { MappingPage, MappingVersion, Place } from '../mapping-types.ts';
import styles from '../modals.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface RollBackModalProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly version: MappingVersion;
  readonly draft: Draft;
  readonly onClose: () => void;
}

/** Makes an earlier version live again at once, without a second person. For emergencies. */
export function RollBackModal({ place, page, version: { version }, draft, onClose }: RollBackModalProps) {
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const live = page.live?.version;
  const seen = useSeen(page.liveShown);
  const rollBack = useMutation({
    mutationFn: async () => {
      await draft.flush();
      return expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/rollback', {
          params: at(place),
          body: { version, reason, shown: seen.shown },
        }),
      );
    },
    onSuccess: async (now) => {
      await queries.invalidateQueries({ queryKey: ['mapping'] });
      showToast(
        `Version ${now.version} is live`,
        `It has the same rules as version ${version}. You can restore the values written in the meantime below.`,
      );
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Roll back to version ${version}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') rollBack.mutate();
        }}
      >
        <Stack gap="sm">
          <p className={styles.lead}>
            It becomes live at once, under a new number. Changes from the live version:
          </p>
          <div className={styles.scroll} tabIndex={0} role="region" aria-label="What changes">
            <ChangesList place={place} from={live ?? 'live'} to={version} />
          </div>
          <Textarea
            label="Reason"
            required
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ChangesNotice seen={seen} />
          <ModalActions onCancel={onClose} error={rollBack.error}>
            <Button
              type="submit"
              color="red.9"
              loading={rollBack.isPending}
              disabled={reason.trim() === '' || seen.changes.length > 0}
            >
              Roll back to version {version}
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}
