import type { RegistrationStatus } from '#src/domain/status.ts';
import type { LifecycleState } from './lifecycle/states.ts';

const dayMs = 86_400_000;

/** Partners are promised an answer within two business days. */
export const responseBusinessDays = 2;

/**
 * The deadline for answering a registration: the same time of day (UTC) two business days after its
 * submission. A registration that is submitted on a weekend counts from Monday 00:00.
 */
export function answerDueAt(submittedAt: Date): Date {
  let due = isWeekend(submittedAt) ? nextMonday(submittedAt) : submittedAt;
  for (let added = 0; added < responseBusinessDays; added += 1) {
    due = new Date(due.getTime() + dayMs);
    if (isWeekend(due)) due = new Date(due.getTime() + 2 * dayMs);
  }
  return due;
}

export interface PromisedAnswer {
  /** The promise counts from this instant. */
  readonly answerFrom: Date;
  readonly status: RegistrationStatus;
  /** Null without a lifecycle. */
  readonly state: LifecycleState | null;
  readonly decisionDue: Date | null;
}

/** True while an answer is missing: not decided yet, or decided and appealed. */
export function isAwaited({ status, state }: Pick<PromisedAnswer, 'status' | 'state'>): boolean {
  return status === 'submitted' || status === 'in_review' || state === 'appealed';
}

/** When the answer is due, by the clock of its lifecycle, else by the promise to all partners; and whether it is late. */
export function deadlineOf(promised: PromisedAnswer, now: Date) {
  const due = promised.state === null ? answerDueAt(promised.answerFrom) : promised.decisionDue;
  return { answerDueAt: due, overdue: isAwaited(promised) && due !== null && due < now };
}

function isWeekend(date: Date): boolean {
  return date.getUTCDay() % 6 === 0;
}

function nextMonday(date: Date): Date {
  const days = date.getUTCDay() === 6 ? 2 : 1;
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days));
}
