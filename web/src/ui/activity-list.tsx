import { Link } from 'react-router';
import type { Activity } from '../api/types.ts';
import { actionText, sentence } from '../words.ts';
import styles from './activity-list.module.css';
import { When } from './when.tsx';

/** The audit trail, newest entry first. */
export function ActivityList({
  activity,
  showSubject = true,
}: {
  readonly activity: readonly Activity[];
  readonly showSubject?: boolean;
}) {
  return (
    <ul className={styles.list}>
      {activity.map((one, index) => (
        <li key={`${one.at}-${index}`}>
          <div className={styles.line}>
            <span>
              <strong>{one.actor ?? 'Fairway'}</strong> <span>{actionText(one.action)}</span>
              {showSubject && one.subject !== null && (
                <>
                  {' '}
                  <Subject activity={one} />
                </>
              )}
            </span>
            <span className="dim small">
              <When at={one.at} />
            </span>
          </div>
          {one.reason !== null && <p className={styles.reason}>{sentence(one.reason)}</p>}
        </li>
      ))}
    </ul>
  );
}

function Subject({ activity: { subjectKind, subjectId, subject } }: { readonly activity: Activity }) {
  const folder =
    subjectKind === 'registration' ? 'registrations' : subjectKind === 'payout_batch' ? 'payouts' : null;
  return folder === null ? <span>{subject}</span> : <Link to={`/${folder}/${subjectId}`}>{subject}</Link>;
}
