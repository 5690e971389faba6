import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { Link } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery } from '../api/queries.ts';
import type { Conflict } from '../api/types.ts';
import { stampText, valueText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { CrmLink } from '../ui/crm-link.tsx';
import { showToast, showFailure } from '../ui/layout/toast.tsx';
import { ChangesNotice } from '../ui/changes-notice.tsx';
import { useSeen } from '../ui/use-seen.ts';
import { When } from '../ui/when.tsx';
import { plain, policyText, recordPath, sentence, systemNames } from '../words.ts';
import styles from './conflicts-page.module.css';

/** One conflict: the previous value, both new values, and the buttons or the outcome. */
export function ConflictItem({ conflict }: { readonly conflict: Conflict }) {
  const { base, theirs, ours, winner, crm } = conflict;
  const name = useId();
  const system = systemNames[crm.system] ?? crm.system;
  const path = recordPath(conflict.kind, conflict.recordId);
  const record = conflict.recordName ?? crm.extId;
  return (
    <li className={styles.item} tabIndex={-1} aria-labelledby={name}>
      <div className={styles.head}>
        <h2 id={name}>
          {sentence(plain(conflict.field))} of {path === null ? record : <Link to={path}>{record}</Link>}
        </h2>
        <span className="small">
          <CrmLink record={crm} /> <span className="dim">· since </span>
          <When at={conflict.at} />
        </span>
      </div>
      <dl className={styles.sides}>
        <Side name="Before" value={base} />
        <Side name={`In ${crm.connection}`} value={theirs} won={winner === 'crm'} />
        <Side name="In Fairway" value={ours} won={winner === 'fairway'} />
      </dl>
      <div className={styles.foot}>
        {winner === null ? (
          <Choice conflict={conflict} system={system} />
        ) : (
          <Outcome conflict={conflict} system={system} />
        )}
      </div>
    </li>
  );
}

function Side({
  name,
  value,
  won = false,
}: {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly won?: boolean;
}) {
  return (
    <div data-won={won || undefined}>
      <dt>
        {name}
        {won && ', won'}
      </dt>
      <dd>{valueText(value) ?? <span className="dim">empty</span>}</dd>
    </div>
  );
}

function Choice({ conflict, system }: { readonly conflict: Conflict; readonly system: string }) {
  const queries = useQueryClient();
  const may = useMay('edit_records');
  const seen = useSeen(conflict.shown);
  const changed = seen.changes.length > 0;
  const answer = useMutation({
    mutationFn: (winner: 'crm' | 'fairway') =>
      expectAnswer(
        api.POST('/api/conflicts/{id}/answer', {
          params: { path: { id: conflict.id } },
          body: { winner, shown: seen.shown },
        }),
      ),
    onSuccess: async ({ winner }) => {
      showToast(
        winner === 'crm' ? `${system}’s value applies` : 'Fairway’s value applies',
        winner === 'crm' ? 'Fairway now has the same value.' : `Fairway is writing it to ${system}.`,
      );
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['conflicts'] }),
        queries.invalidateQueries({ queryKey: ['timeline', conflict.recordId] }),
        queries.invalidateQueries({ queryKey: ['registration', conflict.recordId] }),
        queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
      ]);
    },
    onError: showFailure,
  });
  return (
    <>
      <p>
        The mapping (version {conflict.mappingVersion}) leaves this field to a person. Neither side changes
        until you decide.
      </p>
      <ChangesNotice seen={seen} />
      {may ? (
        <div className={styles.buttons}>
          <Button
            size="xs"
            data-key="c"
            loading={answer.isPending}
            disabled={changed}
            onClick={() => answer.mutate('crm')}
          >
            Keep {system}’s
          </Button>
          <Button
            size="xs"
            data-key="f"
            variant="default"
            disabled={answer.isPending || changed}
            onClick={() => answer.mutate('fairway')}
          >
            Keep Fairway’s
          </Button>
        </div>
      ) : (
        <p>Operations or an admin can decide.</p>
      )}
    </>
  );
}

function Outcome({ conflict, system }: { readonly conflict: Conflict; readonly system: string }) {
  const { decidedBy, policy, mappingVersion, settledAt } = conflict;
  return (
    <p>
      {decidedBy === null ? `By the policy “${policyText(policy, system)}”` : `Decided by ${decidedBy}`}
      {settledAt !== null && `, ${stampText(settledAt)}`}; mapping version {mappingVersion}.
    </p>
  );
}
