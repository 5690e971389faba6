import { Button, Group, Kbd, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Registration } from '../api/types.ts';
import { dayText, overdueText, stampText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card, Facts } from '../ui/layout/page.tsx';
import { ChangesNotice } from '../ui/changes-notice.tsx';
import { useSeen } from '../ui/use-seen.ts';
import styles from './decision-card.module.css';
import { useDecide } from './use-decide.ts';

interface DecisionCardProps {
  readonly registration: Registration;
  /** Called after the person approved or rejected it. */
  readonly onDecided?: (() => void) | undefined;
}

/** The decision, or the form to make it. */
export function DecisionCard({ registration, onDecided }: DecisionCardProps) {
  const waiting = ['submitted', 'information_needed', 'in_review'].includes(registration.status);
  return waiting ? (
    <OpenDecision registration={registration} onDecided={onDecided} />
  ) : (
    <GivenDecision registration={registration} />
  );
}

function OpenDecision({ registration, onDecided }: DecisionCardProps) {
  const may = useMay('decide_registrations');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const decide = useDecide(registration, onDecided);
  const seen = useSeen(registration.shown);
  const changed = seen.changes.length > 0;
  const reject = () => {
    if (reason.trim() === '') setMissing(true);
    else decide.mutate({ decision: 'reject', reason, shown: seen.shown });
  };
  return (
    <Card
      title="Decision"
      aside={
        registration.answerDueAt !== null && (
          <span className={registration.overdue ? styles.late : 'dim small'}>
            {registration.overdue && `${overdueText(registration.answerDueAt)}, `}
            answer due {stampText(registration.answerDueAt)}
          </span>
        )
      }
    >
      <p className={styles.proposal}>
        {registration.conflictCase?.reason ??
          registration.reason ??
          'Not evaluated yet. The next run applies the rules of engagement.'}
      </p>
      {may ? (
        <>
          <ChangesNotice seen={seen} />
          <Textarea
            label="Reason"
            description="The partner reads this reason. Required to reject."
            autosize
            minRows={3}
            data-focus-key="r"
            value={reason}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) reject();
            }}
            error={missing && 'Reason: enter why you reject it.'}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              setMissing(false);
            }}
          />
          <Group gap="xs" mt="sm" grow>
            <Button
              data-focus-key="a"
              aria-keyshortcuts="a"
              rightSection={
                <Kbd size="xs" aria-hidden>
                  a
                </Kbd>
              }
              loading={decide.isPending}
              disabled={changed || registration.status === 'information_needed'}
              onClick={() => decide.mutate({ decision: 'approve', reason, shown: seen.shown })}
            >
              Approve
            </Button>
            <Button
              variant="default"
              className={styles.reject ?? ''}
              rightSection={
                <Kbd size="xs" aria-hidden>
                  r
                </Kbd>
              }
              disabled={decide.isPending || changed}
              onClick={reject}
            >
              Reject
            </Button>
          </Group>
          <p className={styles.hint}>
            {registration.status === 'information_needed'
              ? 'It can be approved when the partner has given the information. Then it is evaluated again.'
              : 'Approving starts the protection window and writes the answer to the CRM.'}
          </p>
        </>
      ) : (
        <p className={styles.hint}>Operations or an admin can approve or reject it.</p>
      )}
    </Card>
  );
}

function GivenDecision({ registration }: { readonly registration: Registration }) {
  const may = useMay('decide_registrations');
  const decide = useDecide(registration);
  const canReopen =
    registration.status === 'approved' ||
    registration.status === 'rejected' ||
    registration.status === 'expired';
  return (
    <Card title="Decision">
      {registration.reason !== null && <p className={styles.proposal}>{registration.reason}</p>}
      <Facts
        facts={[
          ['Decided by', registration.decidedBy ?? 'The rules of engagement'],
          ['Decided', registration.decidedAt && stampText(registration.decidedAt)],
          [
            'Protection window',
            registration.protectedUntil && `until ${dayText(registration.protectedUntil)}`,
          ],
          [
            'Programme version',
            registration.programVersion === null ? null : String(registration.programVersion),
          ],
        ]}
      />
      {may && canReopen && (
        <Button
          variant="default"
          mt="md"
          loading={decide.isPending}
          onClick={() => decide.mutate({ decision: 'reopen', reason: '', shown: registration.shown })}
        >
          Reopen
        </Button>
      )}
    </Card>
  );
}
