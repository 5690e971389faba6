import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ProblemGroup } from '../api/types.ts';
import { countText, plural } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { When } from '../ui/when.tsx';
import { ProblemAnswer } from './problem-answer.tsx';
import styles from './problem-card.module.css';

const shownAtFirst = 4;

/** One cause with the records it affects. */
export function ProblemCard({ group }: { readonly group: ProblemGroup }) {
  const [all, setAll] = useState(false);
  const shown = all ? group.records : group.records.slice(0, shownAtFirst);
  const hidden = group.count - shown.length;
  return (
    <Card
      title={titleOf(group)}
      aside={
        <span className="dim small">
          {plural(group.count, 'record')}, last seen <When at={group.lastSeenAt} />
        </span>
      }
      flush
    >
      <div className={styles.cause}>
        <p>
          <span className="dim">Answer</span>
          <span>
            {group.message} <code className={styles.code}>{group.code}</code>
          </span>
        </p>
        <p>
          <span className="dim">What to do</span>
          <strong>{group.fix}</strong>
        </p>
      </div>
      <ul className={styles.records}>
        {shown.map((record) => (
          <li key={record.ref}>
            <span className="mono">{record.ref}</span>
            <span className={styles.message}>{record.message === group.message ? '' : record.message}</span>
            <span className="dim small">
              {record.occurrences > 1 && `${countText(record.occurrences)} times, `}
              <When at={record.lastSeenAt} />
            </span>
            {group.answers.length > 0 && <ProblemAnswer group={group} recordRef={record.ref} />}
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <div className={styles.more}>
          {all ? (
            <span className="dim small">and {countText(hidden)} more</span>
          ) : (
            <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
              Show more of {countText(group.count)}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}

function titleOf({ source, object, connectionName }: ProblemGroup): string {
  switch (source) {
    case 'pull':
      return `Reading ${object} from ${connectionName}`;
    case 'map':
      return `Mapping ${object} of ${connectionName}`;
    case 'plan':
    case 'write':
      return `Writing ${object} to ${connectionName}`;
    case 'connection':
      return object === 'sign-in' ? `Signing in to ${connectionName}` : `${connectionName}: ${object}`;
  }
}
