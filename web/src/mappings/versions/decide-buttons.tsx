import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { countText } from '../../format.ts';
import { useMay } from '../../shell/session.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { showToast, showFailure } from '../../ui/layout/toast.tsx';
import { ChangesNotice } from '../../ui/changes-notice.tsx';
import { useSeen } from '../../ui/use-seen.ts';
import { ChangesList } from './changes-list.tsx';
import { at, dryRunQuery } from '../mapping-queries.ts';
import type { MappingPage, OpenVersion, Place } from '../mapping-types.ts';
import styles from '../modals.module.css';

interface DecideButtonsProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly onShow: (tab: string) => void;
}

/** Buttons for the second person: approve or reject a submitted version. Its author can withdraw it. */
export function DecideButtons({ place, page, onShow }: DecideButtonsProps) {
  const mayDecide = useMay('approve_mappings');
  const [approving, approval] = useDisclosure(false);
  const [rejecting, rejection] = useDisclosure(false);
  const { open } = page;
  if (!open) return null;
  const live = page.live?.version ?? null;
  const isOutdated = open.basedOn !== live;
  return (
    <>
      {isOutdated ? (
        <span className={styles.why}>
          {live === null ? 'No version is live' : `Version ${live} became live`} since this draft was started,
          so it cannot be approved. Reject it; under History you can start a new draft from it.
        </span>
      ) : (
        open.approvalBlocker !== null && <span className={styles.why}>{open.approvalBlocker}</span>
      )}
      <Button size="compact-md" variant="default" onClick={() => onShow('dry-run')}>
        Run on all records
      </Button>
      {mayDecide && (
        <Button size="compact-md" variant="default" onClick={rejection.open}>
          {open.mayApprove ? 'Reject' : 'Withdraw'}
        </Button>
      )}
      {open.mayApprove && !isOutdated && (
        <Button size="compact-md" onClick={approval.open}>
          Approve
        </Button>
      )}
      {approving && <ApproveModal place={place} open={open} onClose={approval.close} />}
      {rejecting && <RejectModal place={place} open={open} onClose={rejection.close} />}
    </>
  );
}

interface DecideModalProps {
  readonly place: Place;
  readonly open: OpenVersion;
  readonly onClose: () => void;
}

function ApproveModal({ place, open: { version, submittedBy, note, shown }, onClose }: DecideModalProps) {
  const seen = useSeen(shown);
  const queries = useQueryClient();
  const dryRun = useQuery(dryRunQuery(place)).data;
  const approve = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft/approve', {
          params: at(place),
          body: { version, shown: seen.shown },
        }),
      ),
    onSuccess: async () => {
      // Closed first, because a live version has no dry run to load.
      onClose();
      showToast(
        `Version ${version} is live`,
        'It applies to records that change from now on. A backfill applies it to existing records.',
      );
      await queries.invalidateQueries({ queryKey: ['mapping'] });
    },
  });
  const report = dryRun?.findings?.fits && !dryRun.stale ? dryRun.findings.report : null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Approve version ${version}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="lg"
    >
      <Stack gap="sm">
        <p className={styles.lead}>
          {submittedBy} submitted it{note ? `: “${note}”` : '.'}
        </p>
        <div className={styles.scroll} tabIndex={0} role="region" aria-label="What changes">
          <ChangesList place={place} from="live" to={version} />
        </div>
        <p className={styles.lead}>
          {report
            ? `Its dry run on ${countText(report.read)} records would change ${countText(report.fairway.changed)} in Fairway and write ${countText(report.crm.written)} in the CRM.`
            : 'It has not been tried on all records. “Run on all records” says what would change before anything does.'}
        </p>
        <ChangesNotice seen={seen} />
        <ModalActions cancel="Not yet" onCancel={onClose} error={approve.error}>
          <Button
            loading={approve.isPending}
            disabled={seen.changes.length > 0}
            onClick={() => approve.mutate()}
          >
            Approve and publish
          </Button>
        </ModalActions>
      </Stack>
    </Modal>
  );
}

function RejectModal({ place, open: { version, mayApprove, shown }, onClose }: DecideModalProps) {
  const seen = useSeen(shown);
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const word = mayApprove ? 'Reject' : 'Withdraw';
  const reject = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft/reject', {
          params: at(place),
          body: { version, reason, shown: seen.shown },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['mapping'] });
      showToast(
        `Version ${version} is ${mayApprove ? 'rejected' : 'withdrawn'}`,
        'The live version does not change. You can start a new draft from this version under History.',
      );
      onClose();
    },
    onError: showFailure,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${word} version ${version}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') reject.mutate();
        }}
      >
        <Stack gap="sm">
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
          <ModalActions onCancel={onClose}>
            <Button
              type="submit"
              loading={reject.isPending}
              disabled={reason.trim() === '' || seen.changes.length > 0}
            >
              {word}
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}
