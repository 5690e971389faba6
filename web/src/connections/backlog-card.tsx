import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ConnectionDetail } from '../api/types.ts';
import { agoText, countText } from '../format.ts';
import { Card, Facts } from '../ui/layout/page.tsx';

type Waiting = ConnectionDetail['backlog']['writes'];

/** The waiting work, with the age of the oldest item. */
export function BacklogCard({
  connection: { id, backlog, writable },
}: {
  readonly connection: ConnectionDetail;
}) {
  const facts: [string, ReactNode][] = [
    ['To fetch', <Count key="hints" waiting={backlog.hints} />],
    ['Read, waiting to be assigned', <Count key="unmapped" waiting={backlog.unmapped} />],
  ];
  if (writable) {
    facts.push(
      ['To write', <Count key="writes" waiting={backlog.writes} />],
      ['Refused', <Count key="refused" waiting={backlog.refused} />],
      [
        'To decide',
        <Count key="conflicts" waiting={backlog.conflicts}>
          {backlog.conflicts.count > 0 && <Link to={`/conflicts?connection=${id}`}>Open conflicts</Link>}
        </Count>,
      ],
    );
  }
  return (
    <Card
      title="Waiting work"
      aside={<Link to={`/problems?connection=${id}`}>Problems of this connection</Link>}
    >
      <Facts facts={facts} />
    </Card>
  );
}

function Count({
  waiting: { count, oldestAt },
  children,
}: {
  readonly waiting: Waiting;
  readonly children?: ReactNode;
}) {
  if (count === 0) return <span className="dim">none</span>;
  return (
    <>
      <span className="num">{countText(count)}</span>
      {oldestAt !== null && <span className="dim">, the oldest {agoText(oldestAt)}</span>}
      {children && <div>{children}</div>}
    </>
  );
}
