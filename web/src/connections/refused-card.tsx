import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { connectionQuery } from '../api/queries.ts';
import type { ConnectionDetail, DeadLetterGroup } from '../api/types.ts';
import { countText, plural } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/layout/page.tsx';
import { EmptyState } from '../ui/layout/states.tsx';
import { showToast, showFailure } from '../ui/layout/toast.tsx';
import { When } from '../ui/when.tsx';
import { plain, recordPath, sentence } from '../words.ts';
import styles from './refused-card.module.css';

/** Refused writes by cause, each with a button to send them again. */
export function RefusedCard({ connection }: { readonly connection: ConnectionDetail }) {
  const { name, deadLetters, backlog } = connection;
  return (
    <Card
      title="Refused writes"
      aside={
        backlog.refused.count > 0 && (
          <span className="dim small">{plural(backlog.refused.count, 'record')} not written</span>
        )
      }
      flush
    >
      {deadLetters.length === 0 ? (
        <EmptyState title="No refused writes">
          {name} accepted every write. Refused writes are shown here with the answer and what to do.
        </EmptyState>
      ) : (
        deadLetters.map((group) => (
          <Group key={`${group.object}-${group.code}`} connection={connection} group={group} />
        ))
      )}
    </Card>
  );
}

const shownAtFirst = 3;

function Group({
  connection,
  group,
}: {
  readonly connection: ConnectionDetail;
  readonly group: DeadLetterGroup;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? group.records : group.records.slice(0, shownAtFirst);
  return (
    <div className={styles.group}>
      <div className={styles.head}>
        <h3>
          {plural(group.count, 'write')} to <span className="mono">{group.object}</span>
        </h3>
        <ReplayButton connection={connection} group={group} />
      </div>
      <p className={styles.line}>
        <span className="dim">Answer</span>
        <span>
          {group.message} <code>{group.code}</code>
        </span>
      </p>
      <p className={styles.line}>
        <span className="dim">What to do</span>
        <strong>{group.fix}</strong>
      </p>
      <ul className={styles.records}>
        {shown.map((letter) => (
          <li key={letter.recordId}>
            <span>
              <RecordName letter={letter} />
              <span className="dim"> {letter.fields.join(', ')}</span>
            </span>
            <span className="dim small">
              {letter.attempts > 1 && `${countText(letter.attempts)} attempts, `}
              <When at={letter.at} />
            </span>
          </li>
        ))}
      </ul>
      {!all && group.count > shown.length && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
            Show more of {countText(group.count)}
          </Button>
        </div>
      )}
      {all && group.count > shown.length && (
        <span className="dim small">and {countText(group.count - shown.length)} more</span>
      )}
    </div>
  );
}

function RecordName({
  letter: { kind, recordId, name, extId },
}: {
  readonly letter: DeadLetterGroup['records'][number];
}) {
  const path = name === null ? null : recordPath(kind, recordId);
  const text = name ?? extId ?? `${sentence(plain(kind))} to be created`;
  return path === null ? (
    <span className={name === null ? 'mono' : undefined}>{text}</span>
  ) : (
    <Link to={path}>{text}</Link>
  );
}

function ReplayButton({
  connection: { id, name },
  group,
}: {
  readonly connection: ConnectionDetail;
  readonly group: DeadLetterGroup;
}) {
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/connections/{id}/replay', {
          params: { path: { id } },
          body: { object: group.object, code: group.code },
        }),
      ),
    onSuccess: async ({ count }) => {
      showToast(
        count === 0 ? 'Nothing to send' : `${plural(count, 'write')} queued again`,
        count === 0
          ? 'The writes were sent or replaced in the meantime.'
          : `Fairway sends them within a minute. Writes that ${name} refuses again appear here.`,
      );
      await queries.invalidateQueries({ queryKey: connectionQuery(id).queryKey });
    },
    onError: showFailure,
  });
  if (!useMay('manage_connections')) return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={replay.isPending}
      onClick={() => replay.mutate()}
      aria-label={`Send ${countText(group.count)} again: writes to ${group.object}`}
    >
      Send {countText(group.count)} again
    </Button>
  );
}
