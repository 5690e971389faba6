import { deferredApprovals } from '#src/db/registrations/lifecycle/deferred-decision-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { CommandValues, LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import {
  evaluateAfterDecision,
  roundUnderLock,
} from '#src/operations/registrations/evaluate-registrations.ts';
import type { EvaluatedRegistration, EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import {
  convertWithNewOpportunity,
  needsOpportunity,
} from '#src/operations/registrations/conversion/convert-with-opportunity.ts';
import { assessAgain, rivalsInForce, saveResubmission } from './assess-again.ts';
import { assessedValues } from './assessed-values.ts';
import { commandPlan } from './command-plan.ts';
import { fireEarlierTimers } from './fire-timers.ts';
import { inStepTransaction, runStepIn, type StepOutcome } from './run-step.ts';

/** A move or an edit of a person or a service. `submitRegistration` submits. */
export interface MoveCommand extends LifecycleCommand {
  readonly do: Move | 'edit' | 'undo';
}

/** These moves change nothing that the evidence of another registration shows. */
const concernsNoRival: ReadonlySet<MoveCommand['do']> = new Set([
  'request_extension',
  'deny_extension',
  'report_activity',
  'convert',
  'uphold',
  'undo',
]);

/**
 * Applies a move or an edit. A refused command changes nothing; the outcome has the reason.
 *
 * A move that another registration's evidence shows is made under the lock of decisions, with what is true then: an
 * approval meets every rival that was approved before, and a registration that is submitted again is decided by the
 * rules of engagement. Afterwards the evidence of the registrations that wait is renewed.
 */
export async function applyLifecycleCommand(deps: Deps, command: MoveCommand): Promise<StepOutcome> {
  await fireEarlierTimers(deps, command.at);
  const outcome = await inStepTransaction(deps, (tx) => applyMoveIn(deps, tx, command));
  return needsOpportunity(command, outcome.refused)
    ? convertWithNewOpportunity(deps, command, outcome)
    : outcome;
}

/** The same in the caller's transaction, which holds no lock that the lock of decisions must come before. */
export async function applyMoveIn(deps: Deps, tx: Db, command: MoveCommand): Promise<StepOutcome> {
  if (concernsNoRival.has(command.do) || command.inadmissible !== undefined)
    return runStepIn(deps, tx, commandPlan(command));
  await lockDecisions(tx);
  const round = await roundUnderLock(deps, tx);
  const { values, assessed } = await rulesAtMove(deps, tx, round, command);
  const outcome = await runStepIn(
    deps,
    tx,
    commandPlan({ ...command, with: { ...command.with, ...values } }),
  );
  if (outcome.refused !== null || command.defer !== undefined) return outcome;
  if (assessed !== null) await saveResubmission(tx, round, assessed);
  await evaluateAfterDecision(deps, tx, round, command.registration);
  return outcome;
}

/** What the rules say to a move that they take part in. */
async function rulesAtMove(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  { do: move, registration: id, with: { terms }, deferredId }: MoveCommand,
): Promise<{ readonly values: CommandValues; readonly assessed: EvaluatedRegistration | null }> {
  if (move !== 'approve' && move !== 'overturn' && move !== 'resubmit') return { values: {}, assessed: null };
  const assessed = await assessAgain(deps, tx, round, {
    id,
    submitted: move === 'resubmit' ? (terms ?? {}) : null,
  });
  if (move !== 'resubmit')
    return {
      values:
        assessed === null ? {} : { rivalsInForce: await rivalsFor(tx, assessed, deferredId !== undefined) },
      assessed: null,
    };
  const { rules, rulesCode, rulesText } = await assessedValues(tx, assessed);
  return { values: { rules, rulesCode, rulesText }, assessed };
}

/** An approval that can still be undone is in force for the decisions after it, and not for those before it. */
async function rivalsFor(tx: Db, assessed: EvaluatedRegistration, isDeferred: boolean) {
  return rivalsInForce(assessed, isDeferred ? new Set() : await deferredApprovals(tx));
}
