import type { Db } from '#src/db/client.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CommandSource, CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import {
  evaluateAfterDecision,
  roundUnderLock,
} from '#src/operations/registrations/evaluate-registrations.ts';
import type { EvaluatedRegistration } from '#src/operations/registrations/evaluation.ts';
import { commandPlan } from './command-plan.ts';
import { assessedValues } from './assessed-values.ts';
import { assessSubmission, saveAssessment } from './assess-submission.ts';
import { fireEarlierTimers } from './fire-timers.ts';
import { inStepTransaction, runStepIn, type StepOutcome } from './run-step.ts';

export interface Submission {
  /** The name of the person or the service that sends it. */
  readonly by: string;
  readonly via: Exclude<CommandSource, 'crm'>;
  readonly with: Pick<CommandValues, 'partner' | 'key' | 'terms' | 'opportunity' | 'number'>;
}

/**
 * Submits a registration that is in no CRM. The rules of engagement decide it at once where they can, under the same
 * lock as every other decision of theirs, so of two submissions for one customer the second one meets the first.
 *
 * @param save stores more in the same transaction
 */
export async function submitRegistration(
  deps: Deps,
  submission: Submission,
  save: (tx: Db, outcome: StepOutcome) => Promise<void> = async () => {},
): Promise<StepOutcome> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  await fireEarlierTimers(deps, at);
  return inStepTransaction(deps, async (tx) => {
    const { outcome } = await submitIn(deps, tx, at, submission);
    await save(tx, outcome);
    return outcome;
  });
}

/** The same in the caller's transaction, with what the rules say. */
export async function submitIn(
  deps: Deps,
  tx: Db,
  at: number,
  submission: Submission,
): Promise<{ readonly outcome: StepOutcome; readonly assessed: EvaluatedRegistration | null }> {
  const id = deps.ids();
  const values = { number: numberOf(id), ...submission.with };
  const command = { ...submission, at, do: 'submit', registration: id, with: values } as const;
  await lockDecisions(tx);
  const round = await roundUnderLock(deps, tx);
  const assessed = await assessSubmission(deps, tx, round, command);
  const decided = { ...values, ...(await assessedValues(tx, assessed)) };
  const outcome = await runStepIn(deps, tx, commandPlan({ ...command, with: decided }));
  if (outcome.result === null || !('created' in outcome.result)) return { outcome, assessed };
  if (assessed !== null) await saveAssessment(tx, round, assessed);
  await evaluateAfterDecision(deps, tx, round, id);
  return { outcome, assessed };
}

/** A registration that no CRM has numbered gets a number from its id. */
export function numberOf(id: string): string {
  return `F-${id.slice(-12).toUpperCase()}`;
}
