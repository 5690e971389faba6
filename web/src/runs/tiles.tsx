import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview } from '../api/types.ts';
import { agoText, countText, overdueText, plural, stampText } from '../format.ts';
import styles from './tiles.module.css';

interface TileProps {
  readonly to: string;
  readonly label: string;
  readonly value: string;
  readonly tone?: 'warn' | 'bad' | undefined;
  readonly children: ReactNode;
}

/** One number that links to a page. */
export function Tile({ to, label, value, tone, children }: TileProps) {
  return (
    <Link to={to} className={styles.tile ?? ''}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value} data-tone={tone}>
        {value}
      </span>
      <span className={styles.note}>{children}</span>
    </Link>
  );
}

/** The response promise: how many registrations wait, how many are overdue, and the oldest. */
export function PromiseTile({ registrations }: { readonly registrations: Overview['registrations'] }) {
  const { waiting, overdue, oldestWaitingAt, oldestDueAt, responseBusinessDays } = registrations;
  const late = waiting === 0 ? 0 : (overdue / waiting) * 100;
  return (
    <Tile
      to="/registrations"
      label="Registrations waiting for an answer"
      value={countText(waiting)}
      tone={overdue > 0 ? 'bad' : undefined}
    >
      {oldestWaitingAt === null || oldestDueAt === null ? (
        `All answered. Partners are promised ${responseBusinessDays} business days.`
      ) : (
        <>
          <span className={styles.bar} aria-hidden="true">
            <span style={{ width: `${late}%` }} />
          </span>
          {overdue > 0 ? (
            <>
              <strong className={styles.late}>{plural(overdue, 'answer')} overdue</strong>; the oldest is{' '}
              {overdueText(oldestDueAt)}
            </>
          ) : (
            <>
              Oldest submitted {agoText(oldestWaitingAt)}, answer due {stampText(oldestDueAt)}
            </>
          )}
        </>
      )}
    </Tile>
  );
}
