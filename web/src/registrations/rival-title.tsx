import { Link } from 'react-router';
import type { RivalEntry } from '../api/types.ts';
import { dayText, stampText } from '../format.ts';
import { registrationStatus } from '../words.ts';
import styles from './rival-title.module.css';

type Rival = RivalEntry['rival'];

/** A short name of a rival. */
export function rivalName(rival: Rival): string {
  switch (rival.kind) {
    case 'registration':
      return rival.number;
    case 'opportunity':
      return rival.name;
    case 'lead':
      return `Lead at ${rival.accountName}`;
    case 'customer':
      return rival.accountName;
  }
}

/** The name and the state of a rival. */
export function RivalTitle({ rival }: { readonly rival: Rival }) {
  switch (rival.kind) {
    case 'registration':
      return <RegistrationTitle rival={rival} />;
    case 'opportunity':
      return (
        <span className={styles.title}>
          Opportunity “{rival.name}”
          <span className={styles.about}>
            {rival.accountName}
            {rival.stage !== null && `, ${rival.stage}`}
            {rival.openedAt !== null && `, opened ${dayText(rival.openedAt.slice(0, 10))}`}
            {rival.closedOn !== null && `, ${rival.outcome} ${dayText(rival.closedOn)}`}
          </span>
        </span>
      );
    case 'lead':
      return (
        <span className={styles.title}>
          Lead at {rival.accountName}
          <span className={styles.about}>
            {rival.status ?? 'Open'}
            {rival.openedAt !== null && `, opened ${dayText(rival.openedAt.slice(0, 10))}`}
          </span>
        </span>
      );
    case 'customer':
      return (
        <span className={styles.title}>
          {rival.accountName}
          <span className={styles.about}>Customer since {dayText(rival.since)}</span>
        </span>
      );
  }
}

function RegistrationTitle({ rival }: { readonly rival: Extract<Rival, { kind: 'registration' }> }) {
  return (
    <span className={styles.title}>
      <span>
        <Link to={`/registrations/${rival.id}`}>{rival.number}</Link> by {rival.partnerName}
      </span>
      <span className={styles.about}>
        {rival.status === 'submitted' ? 'Submitted' : `${registrationStatus[rival.status].label}, submitted`}{' '}
        <time title={stampText(rival.submittedAt)}>{dayText(rival.submittedAt.slice(0, 10))}</time>
        {rival.protectedUntil !== null && `, protected until ${dayText(rival.protectedUntil)}`}
        {rival.productFamily !== null && `, ${rival.productFamily}`}
      </span>
    </span>
  );
}
