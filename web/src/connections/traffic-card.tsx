import type { ConnectionDetail } from '../api/types.ts';
import { countText, plural, timeText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import styles from './traffic-card.module.css';

type Hour = ConnectionDetail['traffic'][number];

/** Records read and written in each of the last 24 hours. */
export function TrafficCard({ traffic }: { readonly traffic: readonly Hour[] }) {
  const read = traffic.reduce((sum, hour) => sum + hour.read, 0);
  const written = traffic.reduce((sum, hour) => sum + hour.written, 0);
  const most = Math.max(1, ...traffic.flatMap((hour) => [hour.read, hour.written]));
  const words = `${plural(read, 'record')} read and ${countText(written)} written in the last 24 hours`;
  return (
    <Card
      title="The last 24 hours"
      aside={
        <p className={styles.legend}>
          <span>{countText(read)} read</span>
          <span data-kind="written">{countText(written)} written</span>
        </p>
      }
    >
      <div className={styles.hours} role="img" aria-label={words}>
        {traffic.map((hour) => (
          <div
            key={hour.hour}
            title={`${timeText(hour.hour)}: ${countText(hour.read)} read, ${countText(hour.written)} written`}
          >
            <i style={{ height: height(hour.read, most) }} />
            <i style={{ height: height(hour.written, most) }} />
          </div>
        ))}
      </div>
      <div className={`${styles.scale} dim small`}>
        <span>24 hours ago</span>
        <span>now</span>
      </div>
    </Card>
  );
}

/** Square-root scale, so that quiet hours are visible next to a first read. */
function height(count: number, most: number): string {
  return count === 0 ? '0' : `${Math.max(3, Math.sqrt(count / most) * 100)}%`;
}
