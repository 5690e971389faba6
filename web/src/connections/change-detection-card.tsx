import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConnectionDetail } from '../api/types.ts';
import { agoText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card, Facts } from '../ui/layout/page.tsx';
import { When } from '../ui/when.tsx';

interface ChangeDetectionCardProps {
  readonly connection: ConnectionDetail;
  /** Opens the dialog that asks which records to compare. */
  readonly onCompare: () => void;
}

/** The state of change events, and the last full comparison. */
export function ChangeDetectionCard({ connection, onCompare }: ChangeDetectionCardProps) {
  const { changeEvents, reconcile } = connection;
  const running = reconcile.filter((one) => one.state === 'running');
  return (
    <Card title="Change detection">
      <Facts
        facts={[
          ['Live change events', changeEventsText(changeEvents)],
          ...(changeEvents
            ? [['Last event', <When key="heard" at={changeEvents.lastEventAt} empty="none yet" />] as const]
            : []),
          ['Last full comparison', <When key="compared" at={leastScanned(connection)} empty="not yet" />],
          ...running.map(({ kind, step }) => [`Comparing ${kind}`, step ?? 'waiting'] as const),
          ...reconcile
            .filter((one) => one.state === 'failed')
            .map(
              (one) =>
                [
                  `Comparison of ${one.kind} failed`,
                  `${agoText(one.finishedAt ?? one.startedAt)}: ${one.error}`,
                ] as const,
            ),
        ]}
      />
      {useMay('manage_connections') && (
        <Button variant="default" size="xs" mt="md" disabled={running.length > 0} onClick={onCompare}>
          {running.length > 0 ? 'Comparing everything' : 'Compare everything'}
        </Button>
      )}
    </Card>
  );
}

function changeEventsText(events: ConnectionDetail['changeEvents']): ReactNode {
  if (events === null) return 'no event stream; webhooks if configured, otherwise every run';
  if (events.error !== null) return `off: ${events.error} Every run still reads changes.`;
  return events.connected ? 'on' : 'off: no worker is listening. Every run still reads changes.';
}

/** The oldest of the objects’ last full comparisons; null when one was never compared. */
function leastScanned({ objects }: ConnectionDetail): string | null {
  const times = objects.filter((one) => one.kind !== null).map((one) => one.scannedAt);
  return times.includes(null) ? null : (times.filter((one) => one !== null).toSorted()[0] ?? null);
}
