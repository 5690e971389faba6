import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConnectionDetail } from '../api/types.ts';
import { agoText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card, Facts } from '../ui/layout/page.tsx';
import { When } from '../ui/when.tsx';

interface InStepCardProps {
  readonly connection: ConnectionDetail;
  /** Asks what to compare. */
  readonly onCompare: () => void;
}

/** How Fairway hears of changes, and when it last made sure that it missed none. */
export function InStepCard({ connection, onCompare }: InStepCardProps) {
  const { changeEvents, reconcile } = connection;
  const running = reconcile.filter((one) => one.state === 'running');
  return (
    <Card title="Staying in step">
      <Facts
        facts={[
          ['Hears of changes', changeEventsText(changeEvents)],
          ...(changeEvents
            ? [
                [
                  'Last heard',
                  <When key="heard" at={changeEvents.lastEventAt} empty="nothing yet" />,
                ] as const,
              ]
            : []),
          ['Compared all', <When key="compared" at={leastScanned(connection)} empty="not yet" />],
          ...running.map(({ kind, step }) => [`Comparing ${kind}`, step ?? 'waits for its turn'] as const),
          ...reconcile
            .filter((one) => one.state === 'failed')
            .map(
              (one) =>
                [
                  `Stopped at ${one.kind}`,
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
  if (events === null) return 'by webhook where the vendor sends them, else by asking at each run';
  if (events.error !== null) return `not now: ${events.error} Each run asks meanwhile.`;
  return events.connected ? 'as they happen' : 'not now: nobody listens. Each run asks meanwhile.';
}

/** When the object was compared that was compared longest ago; null when one never was. */
function leastScanned({ objects }: ConnectionDetail): string | null {
  const times = objects.filter((one) => one.kind !== null).map((one) => one.scannedAt);
  return times.includes(null) ? null : (times.filter((one) => one !== null).toSorted()[0] ?? null);
}
