import type { ConnectionDetail } from '../api/types.ts';
import { countText, percentText, plural, roughlyText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { EmptyState } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import styles from './freshness-card.module.css';

type ObjectState = ConnectionDetail['objects'][number];
type Reading = NonNullable<ObjectState['reading']>;

/** The records read of each object, the last complete read, and the progress of current reads. */
export function FreshnessCard({ connection: { name, objects } }: { readonly connection: ConnectionDetail }) {
  const current = objects.flatMap((one) =>
    one.reading ? [{ object: one.object, reading: one.reading }] : [],
  );
  return (
    <Card title="Data read" flush>
      {current.length > 0 && (
        <div className={styles.readings} aria-live="polite">
          {current.map(({ object, reading }) => (
            <ReadingProgress key={object} object={object} reading={reading} />
          ))}
        </div>
      )}
      {objects.length === 0 ? (
        <EmptyState title="Nothing has been read yet">
          The next run reads everything {name} holds of accounts, deals and registrations.
        </EmptyState>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Object</th>
              <th scope="col" data-right>
                Records
              </th>
              <th scope="col" data-right>
                Last complete read
              </th>
            </tr>
          </thead>
          <tbody>
            {objects.map((one) => (
              <tr key={one.object}>
                <th scope="row" className={styles.object}>
                  <span className="mono">{one.object}</span>
                </th>
                <td data-right>
                  <span className="num">{countText(one.records)}</span>
                  {one.unmapped > 0 && (
                    <div className={`${styles.unmapped} small`}>
                      {countText(one.unmapped)} waiting to be assigned
                    </div>
                  )}
                </td>
                <td data-right>
                  <When at={one.completedAt} empty="not yet" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function ReadingProgress({ object, reading }: { readonly object: string; readonly reading: Reading }) {
  const { initial, done, total, remainingMs } = reading;
  const label = initial ? `Reading all of ${object} for the first time` : `Reading what changed in ${object}`;
  return (
    <div className={styles.reading}>
      <div className={styles.estimate}>
        <strong>{label}</strong>
        <span className="num">
          {total === null
            ? plural(done, 'record')
            : `${countText(done)} of ${countText(total)}, ${percentText(done, total)}`}
        </span>
      </div>
      <progress max={total ?? undefined} value={total === null ? undefined : done} aria-label={label} />
      <span className="dim small">
        {remainingMs === null
          ? 'The time left is shown after the first page.'
          : `${roughlyText(remainingMs)} left at this pace.`}{' '}
        After an interruption, reading continues from the last page.
      </span>
    </div>
  );
}
