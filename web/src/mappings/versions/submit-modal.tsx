import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { Callout } from '../../ui/layout/callout.tsx';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { showToast } from '../../ui/layout/toast.tsx';
import { ChangesList } from './changes-list.tsx';
import { at } from '../mapping-queries.ts';
import type { MappingPage, Place } from '../mapping-types.ts';
import styles from '../modals.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface SubmitModalProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
  readonly onClose: () => void;
}

/** Submits a draft for approval by another person and shows its changes. */
export function SubmitModal({ place, page, draft, onClose }: SubmitModalProps) {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const { saved } = draft;
  // Another version became live after the draft was started. The changes below are compared with that
  // version.
  const comparedVersion =
    page.live && page.open && page.open.basedOn !== page.live.version ? page.live.version : undefined;
  const submit = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft/submit', {
          params: at(place),
          body: {
            revision: saved?.revision ?? 0,
            note,
            ...(comparedVersion === undefined ? {} : { comparedVersion }),
          },
        }),
      ),
    onSuccess: async ({ version }) => {
      await queries.invalidateQueries({ queryKey: ['mapping'] });
      showToast(
        `Version ${version} submitted`,
        'Another person must approve it. This page shows when it is live.',
      );
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Submit version ${saved?.version ?? ''} for approval`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit.mutate();
        }}
      >
        <Stack gap="sm">
          {comparedVersion !== undefined && (
            <Callout
              tone="warn"
              title={`Version ${comparedVersion} became live after this draft was started`}
            >
              <p>
                This draft overwrites its changes where the two differ. Below are the changes of this draft to
                version {comparedVersion}.
              </p>
            </Callout>
          )}
          <div className={styles.scroll} tabIndex={0} role="region" aria-label="What changes">
            <ChangesList place={place} from="live" to="draft" revision={saved?.revision ?? null} />
          </div>
          <Textarea
            label="Purpose"
            description="Optional. The person who approves reads it."
            autosize
            minRows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <ModalActions cancel="Continue editing" onCancel={onClose} error={submit.error}>
            <Button type="submit" loading={submit.isPending}>
              Submit for approval
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}
