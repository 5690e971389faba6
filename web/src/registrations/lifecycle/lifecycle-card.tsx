import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lifecycleQuery, meQuery } from '../../api/queries.ts';
import type { Lifecycle, Registration } from '../../api/types.ts';
import { dayText, roughlyText, stampText, timeText } from '../../format.ts';
import { Callout } from '../../ui/layout/callout.tsx';
import { Card, Facts } from '../../ui/layout/page.tsx';
import { QueryView } from '../../ui/layout/states.tsx';
import { Pill } from '../../ui/pill.tsx';
import styles from './lifecycle-card.module.css';
import { LifecycleEvents } from './lifecycle-events.tsx';
import { eventText, stateNames } from './lifecycle-words.ts';
import { MovesForm } from './moves-form.tsx';
import { useUndo } from './use-undo.ts';

interface LifecycleCardProps {
  readonly registration: Registration;
  /** Called after a move of the person. */
  readonly onDecided?: (() => void) | undefined;
}

/** A registration that the steps of its programme decide: where it is, and what the person may do. */
export function LifecycleCard({ registration, onDecided }: LifecycleCardProps) {
  const query = useQuery(lifecycleQuery(registration.id));
  return (
    <QueryView query={query} rows={6}>
      {(data) => (
        <>
          <Card
            title="Decision"
            aside={<Pill tone={stateNames[data.state].tone}>{stateNames[data.state].label}</Pill>}
          >
            <Deferral lifecycle={data} />
            {data.reasonText !== null && <p className={styles.reason}>{data.reasonText}</p>}
            <Facts facts={factsOf(data)} />
            {/* What a decision of this page changes when its time comes is no news to the person. */}
            <MovesForm
              key={data.deferred === null ? 'open' : 'decided'}
              lifecycle={data}
              registration={registration}
              onDecided={onDecided}
            />
          </Card>
          <Card title="Events" flush>
            <LifecycleEvents events={data.events} />
          </Card>
        </>
      )}
    </QueryView>
  );
}

/** A decision that can still be undone, or that was refused when its time came. */
function Deferral({ lifecycle: { id, deferred, notApplied } }: { readonly lifecycle: Lifecycle }) {
  const { data: me } = useQuery(meQuery);
  const undo = useUndo();
  if (deferred !== null)
    return (
      <div className={styles.deferral} role="status">
        <span>
          {deferred.by} {eventText(deferred.move)}. Nothing is written to the CRM before{' '}
          {timeText(deferred.until)}.
        </span>
        {me?.email === deferred.by && (
          <Button
            size="xs"
            variant="default"
            data-key="u"
            aria-keyshortcuts="u"
            onClick={() => void undo([id])}
          >
            Undo
          </Button>
        )}
      </div>
    );
  if (notApplied === null) return null;
  return (
    <Callout tone="warn" title="A decision was not applied">
      {notApplied.by} {eventText(notApplied.move)} on {stampText(notApplied.at)}, but the registration changed
      before the time to undo it was over. {notApplied.message}
    </Callout>
  );
}

function factsOf(data: Lifecycle): readonly (readonly [string, string | null])[] {
  const { step, steps, mayDecide, asked, decisionDue, infoDeadline, protectedUntil, extensionsUsed } = data;
  const waits = mayDecide.length > 0;
  return [
    ...(step === null ? [] : [['Step', `${step} of ${steps}`] as const]),
    ...(waits ? [['Waits for', asked.join(', ')] as const] : []),
    ...(waits && mayDecide.length > asked.length ? [['May decide', mayDecide.join(', ')] as const] : []),
    ['Answer due', decisionDue === null ? clockText(data) : `${stampText(decisionDue)}${leftText(data)}`],
    ...(infoDeadline === null ? [] : [['Answer of the partner due', dayText(infoDeadline)] as const]),
    ['Protection window', protectedUntil && `until ${dayText(protectedUntil)}`],
    ...creatorFacts(data),
    ...(data.isExtensionOpen ? [['Extension', 'requested'] as const] : []),
    ...(extensionsUsed === 0 ? [] : [['Extensions granted', String(extensionsUsed)] as const]),
    ['Programme version', String(data.programVersion)],
  ];
}

/** A registration that was not submitted in a CRM has no creator there. */
function creatorFacts({ createdBy }: Lifecycle): readonly (readonly [string, string])[] {
  if (createdBy === null)
    return [
      ['Created in the CRM by', 'Not read yet, so it cannot be decided. See the problems of the connection.'],
    ];
  return createdBy.length === 0 ? [] : [['Created in the CRM by', createdBy.join(', ')]];
}

function clockText({ clock }: Lifecycle): string | null {
  return clock === null
    ? null
    : clock === 'paused'
      ? 'The promised time is paused'
      : clock.replaceAll('_', ' ');
}

function leftText({ clock, decisionDue }: Lifecycle): string {
  if (decisionDue === null || clock !== 'running') return '';
  const leftMs = Date.parse(decisionDue) - Date.now();
  return leftMs > 0 ? `, ${roughlyText(leftMs)} left` : ', overdue';
}
