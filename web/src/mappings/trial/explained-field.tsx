import styles from './explained-field.module.css';
import type { Explained } from '../mapping-types.ts';
import { shownValue } from '../mapping-words.ts';

interface ExplainedFieldProps {
  readonly one: Explained;
  readonly way: 'in' | 'out';
  readonly ours: string;
  readonly theirs: string;
  readonly open: boolean;
  /** Fairway's present values; null for writes and for new records. */
  readonly before: Readonly<Record<string, unknown>> | null;
}

/**
 * The steps from a source value to the result or to the refusal.
 */
export function ExplainedField({ one, way, ours, theirs, open, before }: ExplainedFieldProps) {
  const { problem, sources, steps } = one;
  const was = before === null ? undefined : nested(before, one.local);
  const changes = was !== undefined && 'result' in one && !isSame(was, one.result);
  return (
    <li className={styles.field} data-refused={problem?.severity === 'error' || undefined}>
      <details open={open}>
        <summary>
          <span className={styles.name}>{way === 'in' ? ours : theirs}</span>
          <span
            className={styles.value}
            data-empty={!('result' in one) || shownValue(one.result) === 'empty' || undefined}
          >
            {'result' in one ? shownValue(one.result) : problem ? 'refused' : 'not changed'}
          </span>
          {changes && <span className={styles.was}>now {shownValue(was)}</span>}
        </summary>
        <ol className={styles.steps}>
          {sources.map(({ field, value }) => (
            <li key={field}>
              <span className="dim">{field}</span> <b>{shownValue(value)}</b>
            </li>
          ))}
          {steps.map((step, index) => (
            <li key={`${index} ${step.transform}`}>
              <span className="dim">{stepNames[step.transform] ?? step.transform}</span>{' '}
              <b>{shownValue(step.out)}</b>
            </li>
          ))}
          <li>
            <span className="dim">{way === 'in' ? 'in Fairway' : `in ${theirs}`}</span>{' '}
            <b>{'result' in one ? shownValue(one.result) : 'nothing'}</b>
          </li>
        </ol>
      </details>
      {problem && (
        <p className={styles.problem} data-severity={problem.severity}>
          {problem.message} {problem.fix}
        </p>
      )}
    </li>
  );
}

const stepNames: Readonly<Record<string, string>> = {
  default: 'the default, because the field is blank',
  fit: 'shortened to fit the field',
  lookup: 'picklist values',
  equals: 'yes when it is one of these',
};

/**
 * Numbers are compared by value. References are skipped, because the two sides use different ids.
 */
function isSame(was: unknown, is: unknown): boolean {
  const [a, b] = [shownValue(was), shownValue(is)];
  const isId = /^[\da-f]{8}-[\da-f]{4}-7/.test(a);
  return a === b || isId || (a.trim() !== '' && Number(a) === Number(b));
}

/** `extra.dealRegion` stands inside `extra`. */
function nested(values: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name in values) return values[name];
  const [head = '', ...rest] = name.split('.');
  const inside = values[head];
  return rest.length > 0 && typeof inside === 'object' && inside !== null
    ? (inside as Record<string, unknown>)[rest.join('.')]
    : undefined;
}
