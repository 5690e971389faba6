import { Anchor } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail } from '../api/types.ts';
import { agoText, stampText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Callout } from '../ui/layout/callout.tsx';
import { Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { connectionState, systemNames } from '../words.ts';
import { AlertsCard } from '../alerts/alerts-card.tsx';
import { BacklogCard } from './backlog-card.tsx';
import { BudgetCard } from './budget-card.tsx';
import { CheckButton } from './check-button.tsx';
import styles from './connection-page.module.css';
import { FreshnessCard } from './freshness-card.tsx';
import { ChangeDetectionCard } from './change-detection-card.tsx';
import { ReceiptsCard } from './receipts-card.tsx';
import { ReconcileModal } from './reconcile-modal.tsx';
import { RefusedCard } from './refused-card.tsx';
import { SyncButton } from './sync-button.tsx';
import { TrafficCard } from './traffic-card.tsx';

const parent = { to: '/connections', label: 'Connections' };

/**
 * One connection: data read and written, waiting work, refused writes and call limits.
 */
export function ConnectionPage() {
  const { id = '' } = useParams();
  const query = useQuery(connectionQuery(id));
  const connection = query.data;
  const state = connection && connectionState(connection);
  return (
    <Page
      parent={parent}
      title={connection?.name ?? 'Connection'}
      mark={state && <Pill tone={state.tone}>{state.label}</Pill>}
      lead={connection && <Lead connection={connection} />}
      actions={
        connection && (
          <>
            <CheckButton connection={connection} />
            <SyncButton connection={connection} />
          </>
        )
      }
    >
      <QueryView query={query} rows={10}>
        {(data) => <Body connection={data} />}
      </QueryView>
    </Page>
  );
}

function Body({ connection }: { readonly connection: ConnectionDetail }) {
  const [comparing, { open, close }] = useDisclosure(false);
  return (
    <>
      <Banners connection={connection} onCompare={open} />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <FreshnessCard connection={connection} />
          {connection.receipts.length > 0 && <ReceiptsCard receipts={connection.receipts} />}
          {connection.writable && <RefusedCard connection={connection} />}
          <TrafficCard traffic={connection.traffic} />
        </div>
        <div className={styles.stack}>
          <BacklogCard connection={connection} />
          <BudgetCard connection={connection} />
          {connection.writable && <ChangeDetectionCard connection={connection} onCompare={open} />}
          <AlertsCard alerts={connection.alerts} />
        </div>
      </div>
      {comparing && <ReconcileModal connection={connection} onClose={close} />}
    </>
  );
}

function Lead({
  connection: { kind, account, location, checkedAt },
}: {
  readonly connection: ConnectionDetail;
}) {
  return (
    <>
      {[systemNames[kind], account, location].filter((one) => one !== null && one !== undefined).join(' · ')}
      {checkedAt !== null && ` · last checked ${agoText(checkedAt)}`}
    </>
  );
}

/** A pause comes first, because nothing else can be corrected during it. */
function Banners({
  connection,
  onCompare,
}: {
  readonly connection: ConnectionDetail;
  readonly onCompare: () => void;
}) {
  const { name, pausedUntil, pauseReason, failure, status, removalWarnings } = connection;
  const may = useMay('manage_connections');
  const paused = connectionState(connection).label === 'Paused' && pausedUntil !== null;
  return (
    <>
      {paused && (
        <Callout tone="warn" title={`Paused until ${stampText(pausedUntil)}`}>
          <p>{pauseReason ?? `${name} asked Fairway to wait.`}</p>
          <p>
            Nothing is lost. Waiting records are read and written after the pause, {agoText(pausedUntil)}.{' '}
            {failure?.class !== 'auth' &&
              'People’s decisions are still written, with calls reserved for them. '}
            When you have removed the cause, “Check now” ends the pause.
          </p>
        </Callout>
      )}
      {status === 'failing' && failure && (
        <Callout tone="bad" title={`${name} refused a call`}>
          <p>
            {failure.message} <code>{failure.code}</code>
          </p>
          <p>
            <strong>What to do: </strong>
            {failure.fix}
          </p>
        </Callout>
      )}
      {removalWarnings.length > 0 && (
        <Callout tone="warn" title="Were these records really deleted?">
          {removalWarnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
          <p>
            If the integration user lost a permission, restore it; the next comparison then finds the records.
            If they were deleted,{' '}
            {may ? (
              <Anchor component="button" inherit c="inherit" underline="always" onClick={onCompare}>
                compare again and accept the removal
              </Anchor>
            ) : (
              'operations or an admin can accept the removal'
            )}
            .
          </p>
        </Callout>
      )}
    </>
  );
}
