import { Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';
import { Link } from 'react-router';
import { api, expectAnswer } from '../../api/client.ts';
import { lifecycleQuery, overviewQuery } from '../../api/queries.ts';
import type { ListedRegistration } from '../../api/types.ts';
import { showToastWithUndo } from '../../ui/layout/toast.tsx';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { moveNames } from '../lifecycle/lifecycle-words.ts';
import { undoSeconds, undoTimeOf, useUndo } from '../lifecycle/use-undo.ts';
import styles from './decide-together.module.css';

const moves = ['approve', 'reject', 'request_info'] as const;
type SharedMove = (typeof moves)[number];

interface DecideTogetherProps {
  /** The selected registrations, as the person sees them. */
  readonly rows: readonly ListedRegistration[];
  readonly onDone: () => void;
}

/** The bar above the queue that decides what is selected, with one reason. */
export function DecideTogether({ rows, onDone }: DecideTogetherProps) {
  const [move, setMove] = useState<SharedMove | null>(null);
  /** What was selected when the dialog opened: the queue loads again behind it. */
  const [chosen, setChosen] = useState<readonly ListedRegistration[]>([]);
  return (
    <>
      {rows.length > 0 && (
        <div className={styles.bar} role="region" aria-label="Selected registrations">
          <strong>{rows.length} selected</strong>
          <Group gap="xs">
            {moves.map((one) => (
              <Button
                key={one}
                size="xs"
                variant="default"
                onClick={() => {
                  setChosen(rows);
                  setMove(one);
                }}
              >
                {moveNames[one].button}
              </Button>
            ))}
            <Button size="xs" variant="subtle" onClick={onDone}>
              Clear
            </Button>
          </Group>
        </div>
      )}
      {move !== null && (
        <DecisionModal
          move={move}
          rows={chosen}
          onClose={() => {
            setMove(null);
            onDone();
          }}
          onCancel={() => setMove(null)}
        />
      )}
    </>
  );
}

interface DecisionModalProps {
  readonly move: SharedMove;
  readonly rows: readonly ListedRegistration[];
  readonly onClose: () => void;
  readonly onCancel: () => void;
}

function DecisionModal({ move, rows, onClose, onCancel }: DecisionModalProps) {
  const queries = useQueryClient();
  const [reasonCode, setReasonCode] = useState<string | null>(null);
  const [text, setText] = useState('');
  const lifecycle = useQuery(lifecycleQuery(rows[0]?.id ?? ''));
  const undo = useUndo();
  const decide = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/registrations/moves', {
          body: {
            move,
            ...undoTimeOf(move),
            registrations: rows.flatMap(({ id, version }) => (version === null ? [] : [{ id, version }])),
            ...(reasonCode === null ? {} : { reasonCode }),
            ...(text.trim() === '' ? {} : move === 'request_info' ? { question: text } : { text }),
          },
        }),
      ),
    onSuccess: ({ decided }) => {
      const made = decided.filter((one) => one.refused === null).map((one) => one.id);
      if (made.length > 0)
        showToastWithUndo(
          `You ${moveNames[move].done}: ${made.length} of ${decided.length}`,
          `Fairway writes it to the CRM in ${undoSeconds} seconds.`,
          () => {
            onClose();
            void undo(made);
          },
        );
      return Promise.all([
        queries.invalidateQueries({ queryKey: ['registrations'] }),
        queries.invalidateQueries({ queryKey: overviewQuery.queryKey }),
      ]);
    },
  });
  const { button, done } = moveNames[move];
  const count = rows.length === 1 ? '1 registration' : `${rows.length} registrations`;
  if (decide.data !== undefined)
    return (
      <Modal opened onClose={onClose} title="Result" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Outcome decided={decide.data.decided} rows={rows} done={done} />
        <ModalActions cancel="Close" onCancel={onClose}>
          {null}
        </ModalActions>
      </Modal>
    );
  const reasons = lifecycle.data?.reasons[move];
  const isQuestion = move === 'request_info';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    decide.mutate();
  };
  return (
    <Modal
      opened
      onClose={onCancel}
      title={`${button}: ${count}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {reasons !== undefined && (
            <Select
              label="Reason"
              required
              searchable
              data-autofocus
              data={reasons.map((reason) => ({ value: reason.code, label: reason.text }))}
              value={reasonCode}
              onChange={setReasonCode}
            />
          )}
          {(isQuestion || reasons !== undefined) && (
            <Textarea
              label={isQuestion ? 'Question' : 'Explanation'}
              description="The partners read it."
              required={isQuestion || reasonCode === 'other'}
              autosize
              minRows={2}
              maxLength={4_000}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <p className={styles.hint}>
            Each one is decided for itself. One that has changed since you read it, or that you may not
            decide, stays as it is and is named.
          </p>
          <ModalActions onCancel={onCancel} error={decide.error}>
            <Button type="submit" loading={decide.isPending} {...(move === 'reject' ? { color: 'red' } : {})}>
              {button} {count}
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}

interface OutcomeProps {
  readonly decided: readonly { readonly id: string; readonly refused: string | null }[];
  readonly rows: readonly ListedRegistration[];
  readonly done: string;
}

function Outcome({ decided, rows, done }: OutcomeProps) {
  const refused = decided.filter((one) => one.refused !== null);
  const names = new Map(rows.map(({ id, number, customerName }) => [id, `${number}, ${customerName}`]));
  return (
    <Stack gap="xs" mb="md">
      <p role="status">
        You {done}: {decided.length - refused.length} of {decided.length}.
        {refused.length > 0 && ' These were not changed:'}
      </p>
      {refused.length > 0 && (
        <ul className={styles.refused}>
          {refused.map((one) => (
            <li key={one.id}>
              <Link to={`/registrations/${one.id}`}>{names.get(one.id)}</Link>: {one.refused}
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
