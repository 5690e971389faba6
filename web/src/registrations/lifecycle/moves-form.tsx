import { Button, Group, Kbd, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { Refusal } from '../../api/client.ts';
import type { Lifecycle, Registration } from '../../api/types.ts';
import { useFormKeys } from '../../ui/use-form-keys.ts';
import { ChangesNotice } from '../../ui/changes-notice.tsx';
import { Callout } from '../../ui/layout/callout.tsx';
import { useMay } from '../../shell/session.ts';
import styles from './lifecycle-card.module.css';
import { eventLine } from './lifecycle-events.tsx';
import { moveNames, type Move } from './lifecycle-words.ts';
import { useMove, type MoveBody } from './use-move.ts';

interface MovesFormProps {
  readonly lifecycle: Lifecycle;
  readonly registration: Registration;
  readonly onDecided?: (() => void) | undefined;
}

/** The moves that a key opens. */
const keys: Partial<Record<Move, string>> = { approve: 'a', reject: 'r', request_info: 'i' };

type GivenField =
  | 'reasonCode'
  | 'text'
  | 'question'
  | 'answer'
  | 'opportunity'
  | 'supersedes'
  | 'supersededBy';
/** What the person entered. Empty values are not sent. */
type Given = Partial<Record<GivenField, string>>;

const refusesDeal: ReadonlySet<Move> = new Set(['reject', 'withdraw', 'deny_extension', 'uphold']);

/** The moves that are possible for the signed-in person. Each opens a form with the fields that it needs. */
export function MovesForm({ lifecycle, registration, onDecided }: MovesFormProps) {
  const may = useMay('move_registrations');
  const [move, setMove] = useState<Move | null>(null);
  const { events } = lifecycle;
  // Pages reload by themselves: what the person has not looked at yet is no part of their decision.
  const [seenCount, setSeenCount] = useState(events.length);
  const changes = events.slice(seenCount).map((event) => [null, eventLine(event)] as const);
  const seen = { shown: {}, changes, accept: () => setSeenCount(events.length) };
  const ifVersion = events[seenCount - 1]?.version ?? lifecycle.version;
  const send = useMove(registration, (answer) => {
    setSeenCount(answer.events.length);
    setMove(null);
    onDecided?.();
  });
  if (lifecycle.deferred !== null) return null;
  if (!may || lifecycle.legalMoves.length === 0)
    return (
      <p className={styles.hint}>
        {lifecycle.mayDecide.length > 0
          ? `You cannot decide it. It waits for ${lifecycle.asked.join(', ')}.`
          : 'There is nothing for you to do in this state.'}
      </p>
    );
  return (
    <>
      <ChangesNotice seen={seen} />
      <Group gap="xs" className={styles.moves ?? ''}>
        {lifecycle.legalMoves.map((one) => (
          <Button
            key={one}
            size="xs"
            variant={move === one ? 'filled' : 'default'}
            aria-expanded={move === one}
            data-key={keys[one]}
            aria-keyshortcuts={keys[one]}
            rightSection={
              keys[one] && (
                <Kbd size="xs" aria-hidden>
                  {keys[one]}
                </Kbd>
              )
            }
            disabled={send.isPending}
            onClick={() => {
              send.reset();
              setMove(move === one ? null : one);
            }}
          >
            {moveNames[one].button}
          </Button>
        ))}
      </Group>
      {move !== null && (
        <MoveFields
          key={move}
          move={move}
          lifecycle={lifecycle}
          registration={registration}
          isChanged={changes.length > 0}
          isPending={send.isPending}
          error={send.error}
          onCancel={() => setMove(null)}
          onSend={(given) => send.mutate({ move, ifVersion, ...given })}
        />
      )}
    </>
  );
}

interface MoveFieldsProps extends Pick<MovesFormProps, 'lifecycle' | 'registration'> {
  readonly move: Move;
  readonly isChanged: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onCancel: () => void;
  readonly onSend: (given: Omit<MoveBody, 'move' | 'ifVersion'>) => void;
}

function MoveFields({
  move,
  lifecycle,
  registration,
  isChanged,
  isPending,
  error,
  onCancel,
  onSend,
}: MoveFieldsProps) {
  const form = useFormKeys(onCancel);
  const [given, setGiven] = useState<Given>({});
  const [over, setOver] = useState('');
  const reasons = lifecycle.reasons[move];
  const rivals = (error instanceof Refusal && error.detail?.rivals) || [];
  const change = (values: Given) => setGiven({ ...given, ...values });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as Given;
    onSend({
      ...values,
      ...(rivals.length > 0 && over.trim() !== ''
        ? { over: { rivals: rivals.map(({ id }) => id), reason: over } }
        : {}),
    });
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit} aria-label={moveNames[move].button}>
      {reasons !== undefined && (
        <Select
          label="Reason"
          required
          searchable
          data={reasons.map(({ code, text }) => ({ value: code, label: text }))}
          value={given.reasonCode ?? null}
          onChange={(reasonCode) => change({ reasonCode: reasonCode ?? '' })}
        />
      )}
      <WordsField move={move} given={given} hasReasons={reasons !== undefined} onChange={change} />
      <OtherRecord move={move} given={given} registration={registration} onChange={change} />
      {rivals.length > 0 && (
        <Callout tone="warn" title="Another registration is in force for this customer">
          <ul>
            {rivals.map((rival) => (
              <li key={rival.id}>
                {rival.number} by {rival.partner}. {rival.finding}
              </li>
            ))}
          </ul>
          <Textarea
            label="Why both are approved"
            description="The reason is in the events. The partner does not read it."
            autosize
            minRows={2}
            value={over}
            onChange={(event) => setOver(event.currentTarget.value)}
          />
        </Callout>
      )}
      {error !== null && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
      <Group gap="xs">
        <Button
          type="submit"
          loading={isPending}
          disabled={isChanged || (rivals.length > 0 && over.trim() === '')}
          {...(refusesDeal.has(move) ? { color: 'red' } : {})}
        >
          {rivals.length > 0
            ? `${moveNames[move].button} beside it`
            : `Confirm: ${moveNames[move].button.toLowerCase()}`}
        </Button>
      </Group>
    </form>
  );
}

interface FieldProps {
  readonly move: Move;
  readonly given: Given;
  readonly onChange: (values: Given) => void;
}

/** The question, the answer, or the words beside a coded reason. */
function WordsField({ move, given, hasReasons, onChange }: FieldProps & { readonly hasReasons: boolean }) {
  const field = move === 'request_info' ? 'question' : move === 'answer_info' ? 'answer' : 'text';
  if (field === 'text' && !hasReasons) return null;
  const labels = { question: 'Question', answer: 'Answer', text: 'Explanation' } as const;
  return (
    <Textarea
      label={labels[field]}
      description={field === 'answer' ? undefined : 'The partner reads it.'}
      required={field === 'question' || (field === 'text' && given.reasonCode === 'other')}
      autosize
      minRows={2}
      maxLength={4_000}
      value={given[field] ?? ''}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
}

/** The registration that is replaced or replaces, or the opportunity of a conversion. */
function OtherRecord({
  move,
  given,
  registration,
  onChange,
}: FieldProps & { readonly registration: Registration }) {
  if (move === 'convert' && registration.opportunity === null)
    return (
      <TextInput
        label="Opportunity"
        description="Leave it empty, and Fairway creates one in the CRM. Or enter the id of one in Fairway, from the address of its page."
        value={given.opportunity ?? ''}
        onChange={(event) => onChange({ opportunity: event.currentTarget.value.trim() })}
      />
    );
  if (move !== 'overturn' && move !== 'supersede') return null;
  const rivals = (registration.conflictCase?.rivals ?? []).flatMap(({ rival }) =>
    rival.kind === 'registration'
      ? [{ value: rival.id, label: `${rival.number} by ${rival.partnerName}` }]
      : [],
  );
  const field = move === 'overturn' ? 'supersedes' : 'supersededBy';
  return (
    <Select
      label={move === 'overturn' ? 'Replaces' : 'Replaced by'}
      description={move === 'overturn' ? 'Optional: the registration that loses its protection.' : undefined}
      required={move === 'supersede'}
      clearable
      data={rivals}
      nothingFoundMessage="The conflict case has no other registration"
      value={given[field] ?? null}
      onChange={(id) => onChange({ [field]: id ?? '' })}
    />
  );
}
