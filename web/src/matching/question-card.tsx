import { Button, Kbd } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { Link } from 'react-router';
import { plural } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { showToastWithUndo } from '../ui/layout/toast.tsx';
import { recordPath } from '../words.ts';
import { AnswerButtons, answerWords } from './answer-buttons.tsx';
import { type MatchAnswer, type Question, questionsQuery } from './match-quality-queries.ts';
import styles from './question-card.module.css';
import { useAnswer } from './use-answer.ts';
import { useButtonKeys } from '../ui/use-button-keys.ts';

const keyOf = ({ registration, rival }: Question): string => `${registration.id} ${rival.id}`;

/** One question at a time about registrations without an alert. No registration waits for the answers. */
export function QuestionCard({ sampleShare }: { readonly sampleShare: number }) {
  const query = useQuery(questionsQuery);
  const answer = useAnswer();
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  const pass = (question: Question) => setPassed((old) => new Set([...old, keyOf(question)]));
  const bringBack = (question: Question) =>
    setPassed((old) => new Set([...old].filter((key) => key !== keyOf(question))));
  const say = (question: Question, said: MatchAnswer) => {
    const pair = { registrationId: question.registration.id, rivalId: question.rival.id };
    const withdraw = () => answer.mutate({ ...pair, answer: null }, { onSuccess: () => bringBack(question) });
    const onSuccess = () => {
      pass(question);
      showToastWithUndo(
        answerWords[said].label,
        `${question.ours.name} and ${question.theirs.name}`,
        withdraw,
      );
    };
    answer.mutate({ ...pair, answer: said }, { onSuccess });
  };
  return (
    <Card
      title="Are these the same customer?"
      aside={<span className="dim small">{query.data && `${query.data.openQuestions} waiting`}</span>}
    >
      <QueryView query={query} rows={4}>
        {({ questions }) => {
          const question = questions.find((one) => !passed.has(keyOf(one)));
          if (question)
            return (
              <OneQuestion
                question={question}
                pending={answer.isPending}
                onAnswer={(said) => say(question, said)}
                onPass={() => pass(question)}
              />
            );
          if (questions.length > 0)
            return <AllSkipped count={questions.length} again={() => setPassed(new Set())} />;
          return <NothingToAsk sampleShare={sampleShare} />;
        }}
      </QueryView>
    </Card>
  );
}

interface OneQuestionProps {
  readonly question: Question;
  readonly pending: boolean;
  readonly onAnswer: (answer: MatchAnswer) => void;
  readonly onPass: () => void;
}

function OneQuestion({ question, pending, onAnswer, onPass }: OneQuestionProps) {
  const card = useRef<HTMLDivElement>(null);
  const may = useMay('decide_registrations');
  useButtonKeys(card);
  return (
    <div ref={card}>
      <Compared question={question} />
      {may ? (
        <div className={styles.foot}>
          <AnswerButtons
            withKeys
            label="Are these the same customer?"
            given={null}
            pending={pending}
            onAnswer={(said) => said !== null && onAnswer(said)}
          />
          <Button size="xs" variant="subtle" data-key="n" disabled={pending} onClick={onPass}>
            Skip
          </Button>
          <span className={styles.keys}>
            <Kbd size="xs">s</Kbd> same, <Kbd size="xs">g</Kbd> group, <Kbd size="xs">a</Kbd> another,{' '}
            <Kbd size="xs">n</Kbd> skips
          </span>
        </div>
      ) : (
        <p className={styles.notice}>Operations or an admin can answer.</p>
      )}
    </div>
  );
}

const fields = [
  ['Name', 'name'],
  ['Website', 'domain'],
  ['Country', 'country'],
  ['City', 'city'],
  ['Address', 'address'],
  ['Postcode', 'postcode'],
  ['Phone', 'phone'],
] as const satisfies readonly (readonly [string, keyof Question['ours']])[];

/** Both companies without the model's score, because a reviewer who sees the score tends to agree with it. */
function Compared({ question: { registration, rival, ours, theirs } }: { readonly question: Question }) {
  const path = recordPath(rival.kind, rival.id);
  const known = fields.filter(([, field]) => ours[field] !== null || theirs[field] !== null);
  return (
    <table className={styles.compared} aria-label="The two companies">
      <thead>
        <tr>
          <td />
          <th scope="col">
            <Link to={`/registrations/${registration.id}`}>{registration.number}</Link> by{' '}
            {registration.partnerName}
          </th>
          <th scope="col">
            {path === null ? rivalWords[rival.kind] : <Link to={path}>{rivalWords[rival.kind]}</Link>}
          </th>
        </tr>
      </thead>
      <tbody aria-live="polite">
        {known.map(([name, field]) => (
          <tr key={field}>
            <th scope="row">{name}</th>
            <td>{shown(ours[field])}</td>
            <td>{shown(theirs[field])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const rivalWords = {
  account: 'A customer in the CRM',
  opportunity: 'An opportunity',
  registration: 'Another registration',
  lead: 'A lead',
} as const;

function shown(value: string | null): ReactNode {
  return value ?? <span className="dim">not given</span>;
}

function AllSkipped({ count, again }: { readonly count: number; readonly again: () => void }) {
  return (
    <EmptyState
      title="You skipped all questions"
      action={
        <Button variant="default" size="xs" onClick={again}>
          Show them again
        </Button>
      }
    >
      {plural(count, 'question')} {count === 1 ? 'waits' : 'wait'} for another reviewer.
    </EmptyState>
  );
}

function NothingToAsk({ sampleShare }: { readonly sampleShare: number }) {
  if (sampleShare === 0)
    return (
      <EmptyState title="Sampling is off">
        The sample of clear registrations is off (MATCH_SAMPLE_PERCENT=0), so missed matches cannot be
        estimated.
      </EmptyState>
    );
  return (
    <EmptyState title="No question is waiting">
      Of every hundred registrations without a conflict about {Math.round(sampleShare * 100)} are shown here,
      with the company most similar to their customer.
    </EmptyState>
  );
}
