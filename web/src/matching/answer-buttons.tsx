import { Button } from '@mantine/core';
import styles from './answer-buttons.module.css';
import type { MatchAnswer } from './match-quality-queries.ts';

/** The label of each answer, and its key on the page with one question at a time. */
export const answerWords = {
  same: { label: 'Same customer', key: 's' },
  related: { label: 'Same group', key: 'g' },
  different: { label: 'Another customer', key: 'a' },
} as const satisfies Readonly<Record<MatchAnswer, { readonly label: string; readonly key: string }>>;

const answers = Object.keys(answerWords) as readonly MatchAnswer[];

interface AnswerButtonsProps {
  /** The question, for screen readers. */
  readonly label: string;
  readonly given: MatchAnswer | null;
  readonly pending: boolean;
  /** Without it the keys of the page are for something else. */
  readonly withKeys?: boolean;
  /** Null removes the answer: the pressed button was pressed again. */
  readonly onAnswer: (answer: MatchAnswer | null) => void;
}

export function AnswerButtons({ label, given, pending, withKeys = false, onAnswer }: AnswerButtonsProps) {
  return (
    <div className={styles.answers} role="group" aria-label={label}>
      {answers.map((answer) => (
        <Button
          key={answer}
          size="xs"
          variant={given === answer ? 'filled' : 'default'}
          data-key={withKeys ? answerWords[answer].key : undefined}
          aria-pressed={given === answer}
          disabled={pending}
          onClick={() => onAnswer(given === answer ? null : answer)}
        >
          {answerWords[answer].label}
        </Button>
      ))}
    </div>
  );
}
