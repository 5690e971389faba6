import { useQuery } from '@tanstack/react-query';
import { stampText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { AnswerButtons, answerWords } from './answer-buttons.tsx';
import { labelsQuery } from './match-quality-queries.ts';
import styles from './rival-answer.module.css';
import { useAnswer } from './use-answer.ts';

interface RivalAnswerProps {
  readonly registrationId: string;
  readonly rivalId: string;
  /** The name of the rival's customer. */
  readonly rivalName: string;
}

/**
 * Asks if a rival's customer is the registration's customer. Answering is optional and separate from the
 * decision.
 */
export function RivalAnswer({ registrationId, rivalId, rivalName }: RivalAnswerProps) {
  const may = useMay('decide_registrations');
  const answer = useAnswer();
  const labels = useQuery(labelsQuery(registrationId)).data?.labels;
  if (labels === undefined) return null;
  const label = labels.find((one) => one.rivalId === rivalId);
  const given = label?.answer ?? null;
  if (!may && given === null) return null;
  return (
    <div className={styles.answer}>
      <p className={styles.question}>
        Train the matcher: same customer?{' '}
        <span className="dim" aria-live="polite">
          {label && given !== null
            ? `${label.answeredBy}: ${answerWords[given].label}${label.answeredAt === null ? '' : `, ${stampText(label.answeredAt)}`}`
            : 'Your answer does not change this registration.'}
        </span>
      </p>
      {may && (
        <AnswerButtons
          label={`Is ${rivalName} the same customer?`}
          given={given}
          pending={answer.isPending}
          onAnswer={(said) => answer.mutate({ registrationId, rivalId, answer: said })}
        />
      )}
    </div>
  );
}
