import type { ConnectionDetail } from '../api/types.ts';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { When } from '../ui/when.tsx';
import type { Tone } from '../words.ts';
import styles from './alerts-card.module.css';

type Alert = ConnectionDetail['alerts'][number];

const states: Readonly<Record<Alert['state'], { readonly label: string; readonly tone: Tone }>> = {
  failing: { label: 'Failing', tone: 'bad' },
  paused: { label: 'Paused', tone: 'warn' },
  recovered: { label: 'Recovered', tone: 'good' },
  mass_deletion: { label: 'Needs your decision', tone: 'warn' },
  clock: { label: 'Clocks disagree', tone: 'bad' },
  drift: { label: 'CRM schema changed', tone: 'warn' },
  webhook: { label: 'Webhook endpoint disabled', tone: 'bad' },
  automatic_approval: { label: 'Automatic approval stopped', tone: 'warn' },
  rival_deal: { label: 'Direct deal competes', tone: 'warn' },
};

/** The recent changes of the connection's health. */
export function AlertsCard({ alerts }: { readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return null;
  return (
    <Card title="Health" flush>
      <ul className={styles.list}>
        {alerts.map((alert) => (
          <li key={alert.at + alert.state}>
            <div>
              <Pill tone={states[alert.state].tone}>{states[alert.state].label}</Pill>
              <span className="dim small">
                <When at={alert.at} />
              </span>
            </div>
            <p>{alert.message}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
