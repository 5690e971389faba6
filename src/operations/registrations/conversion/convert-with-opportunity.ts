import { addOpportunity, removeOpportunity } from '#src/db/registrations/lifecycle/new-opportunity-store.ts';
import type { Deps } from '#src/deps.ts';
import type { LifecycleCommand, Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { commandPlan } from '#src/operations/registrations/lifecycle/command-plan.ts';
import {
  inStepTransaction,
  runStepIn,
  type StepOutcome,
} from '#src/operations/registrations/lifecycle/run-step.ts';
import { opportunityToCreate } from './new-opportunity.ts';

/** True for a conversion that is refused only because it names no opportunity. */
export function needsOpportunity({ do: move }: LifecycleCommand, refused: Refusal | null): boolean {
  const fields = refused?.reason === 'field_missing' ? refused['fields'] : null;
  return move === 'convert' && Array.isArray(fields) && fields.includes('opportunity');
}

/**
 * Converts a registration with an opportunity that Fairway creates in the CRM. The row is stored with the conversion,
 * and the plan of the writes creates the record under the row's id, once.
 *
 * @param without the outcome of the same command without an opportunity
 */
export async function convertWithNewOpportunity(
  deps: Deps,
  command: LifecycleCommand,
  without: StepOutcome,
): Promise<StepOutcome> {
  const creation = await opportunityToCreate(deps, command.registration, command.by);
  if (creation === null) return without;
  if ('problems' in creation) {
    const { problems } = creation;
    return { ...without, refused: { code: 'conflict', reason: 'opportunity_not_created', problems } };
  }
  const { opportunity } = creation;
  const named = { ...command, with: { ...command.with, opportunity: opportunity.id } };
  return inStepTransaction(deps, async (tx) => {
    await addOpportunity(tx, opportunity);
    const outcome = await runStepIn(deps, tx, commandPlan(named));
    if (outcome.refused !== null) await removeOpportunity(tx, opportunity.id);
    return outcome;
  });
}
