import { Link } from 'react-router';
import type { Connection } from '../api/types.ts';
import { countText, stampText } from '../format.ts';
import { Meter } from '../ui/meter.tsx';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { When } from '../ui/when.tsx';
import { connectionState, systemNames } from '../words.ts';
import { CheckButton } from './check-button.tsx';
import styles from './connection-card.module.css';

export function ConnectionCard({ connection }: { readonly connection: Connection }) {
  const state = connectionState(connection);
  const { callsUsed, callsAllowed, pausedUntil } = connection;
  return (
    <Card
      title={<Link to={`/connections/${connection.id}`}>{connection.name}</Link>}
      aside={<Pill tone={state.tone}>{state.label}</Pill>}
    >
      <p className={styles.account}>
        {systemNames[connection.kind]}
        {connection.account !== null && `, ${connection.account}`}
        {connection.location !== null && <span className={styles.place}>{connection.location}</span>}
      </p>
      {state.label === 'Paused' && pausedUntil !== null && (
        <p className={styles.paused}>
          Paused until {stampText(pausedUntil)}. {connection.pauseReason}
        </p>
      )}
      {connection.failure && (
        <div className={styles.failure}>
          <p>
            <strong>Answer: </strong>
            {connection.failure.message} <code>{connection.failure.code}</code>
          </p>
          <p>
            <strong>What to do: </strong>
            {connection.failure.fix}
          </p>
        </div>
      )}
      {callsUsed !== null && callsAllowed !== null && callsAllowed > 0 && (
        <div className={styles.budget}>
          <Meter
            label="API calls used"
            text={`${countText(callsUsed)} of ${countText(callsAllowed)}`}
            value={callsUsed}
            max={callsAllowed}
            reserved={callsAllowed / 10}
          />
        </div>
      )}
      <Objects connection={connection} />
      <div className={styles.footer}>
        <span className="dim small">
          Checked <When at={connection.checkedAt} />
        </span>
        <Link to={`/problems?connection=${connection.id}`}>Problems of this connection</Link>
        <CheckButton connection={connection} />
      </div>
    </Card>
  );
}

function Objects({ connection }: { readonly connection: Connection }) {
  if (connection.objects.length === 0)
    return <p className={styles.account}>Nothing has been read yet. The next run reads it.</p>;
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
              {one.unmapped > 0 && (
                <span className={styles.unmapped}> {countText(one.unmapped)} waiting to be assigned</span>
              )}
            </td>
            <td className="right">{one.reading ? 'reading now' : <When at={one.completedAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
