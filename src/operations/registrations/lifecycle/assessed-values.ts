import type { Db } from '#src/db/client.ts';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import { rulesVerdictOf, sameDealIn } from '#src/domain/registrations/lifecycle/rules-verdict.ts';
import type { EvaluatedRegistration } from '#src/operations/registrations/evaluation.ts';

/** What the rules say, as values of the command. A deal that the partner has registered already is the same deal. */
export async function assessedValues(
  tx: Db,
  id: string,
  assessed: EvaluatedRegistration | null,
): Promise<Pick<CommandValues, 'rules' | 'rulesCode' | 'rulesText' | 'deal'>> {
  if (assessed === null) return {};
  const { decision } = assessed;
  const same = sameDealIn(decision);
  const earlier = same === null ? null : await findLifecycle(tx, same);
  return { ...rulesVerdictOf(decision), deal: earlier?.lifecycle.deal ?? id };
}
