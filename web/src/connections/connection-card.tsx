import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { connectionsQuery, overviewQuery } from '../api/queries.ts';
import type { Connection } from '../api/types.ts';
import { countText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { tell, tellFailure } from '../ui/toast.tsx';
import { When } from '../ui/when.tsx';
import { systemNames, type Tone } from '../words.ts';
import styles from './connection-card.module.css';

const health: Readonly<Record<Connection['status'], { readonly label: string; readonly tone: Tone }>> = {
  active: { label: 'Healthy', tone: 'good' },
  failing: { label: 'Failing', tone: 'bad' },
  disabled: { label: 'Disabled', tone: 'quiet' },
};

export function ConnectionCard({ connection }: { readonly connection: Connection }) {
  return (
    <Card title={connection.name} aside={<Pill tone={health[connection.status].tone}>{health[connection.status].label}</Pill>}>
      <p className={styles.account}>
        {systemNames[connection.kind]}
        {connection.account !== null && `, ${connection.account}`}
        {connection.place !== null && <span className={styles.place}>{connection.place}</span>}
      </p>
      {connection.failure && (
        <div className={styles.failure}>
          <p>
            <strong>It answered: </strong>
            {connection.failure.message} <code>{connection.failure.code}</code>
          </p>
          <p>
            <strong>What to do: </strong>
            {connection.failure.fix}
          </p>
        </div>
      )}
      <Budget used={connection.callsUsed} allowed={connection.callsAllowed} />
      <Objects connection={connection} />
      <div className={styles.footer}>
        <span className="dim small">
          Checked <When at={connection.checkedAt} />
        </span>
        <Link to={`/problems?connection=${connection.id}`}>Its problems</Link>
        <CheckButton connection={connection} />
      </div>
    </Card>
  );
}

/** Calls used of what the vendor allows in its longest window. */
function Budget({ used, allowed }: { readonly used: number | null; readonly allowed: number | null }) {
  if (used === null || allowed === null || allowed === 0) return null;
  const share = Math.min(100, (used / allowed) * 100);
  return (
    <div className={styles.budget}>
      <div>
        <span>API calls used</span>
        <span className="num">
          {countText(used)} of {countText(allowed)}
        </span>
      </div>
      <div className={styles.bar} role="meter" aria-label="API calls used" aria-valuemin={0} aria-valuemax={allowed} aria-valuenow={used}>
        <span style={{ width: `${share}%` }} data-high={share > 80 || undefined} />
      </div>
    </div>
  );
}

function Objects({ connection }: { readonly connection: Connection }) {
  if (connection.objects.length === 0) return <p className={styles.account}>Nothing has been read yet. The next run reads it.</p>;
  return (
    <table className={styles.objects}>
      <thead>
        <tr>
          <th scope="col">Object</th>
          <th scope="col" className="right">
            Records
          </th>
          <th scope="col" className="right">
            Read
          </th>
        </tr>
      </thead>
      <tbody>
        {connection.objects.map((one) => (
          <tr key={one.object}>
            <td className="mono">{one.object}</td>
            <td className="right num">
              {countText(one.records)}
              {one.unmapped > 0 && <span className={styles.unmapped}> {countText(one.unmapped)} to map</span>}
            </td>
            <td className="right">{one.reading ? 'reading now' : <When at={one.completedAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CheckButton({ connection }: { readonly connection: Connection }) {
  const queries = useQueryClient();
  const check = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/connections/{id}/check', { params: { path: { id: connection.id } } })),
    onSuccess: async ({ ok, account, failure }) => {
      tell(
        ok ? `${connection.name} answers` : `${connection.name} does not let us in`,
        ok ? `Signed in as ${account ?? 'Fairway'}.` : (failure?.fix ?? 'See its card.'),
      );
      await Promise.all([
        queries.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
        queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
      ]);
    },
    onError: tellFailure,
  });
  if (!useMay('check_connections')) return null;
  return (
    <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate()}>
      Check now
    </Button>
  );
}
