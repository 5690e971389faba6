import { applyRulesOfEngagement } from '#src/domain/registrations/apply-rules.ts';
import { decisionPolicy } from './automatic/decision-policy.ts';
import type { EvaluationRound, RegistrationWithFindings, RegistrationWithRivals } from './evaluation.ts';

/** Step 3: what the rules of engagement find, and the outcome that follows. */
export function withFindings(one: RegistrationWithRivals, round: EvaluationRound): RegistrationWithFindings {
  const decision = applyRulesOfEngagement(one.facts, one.rivals, decisionPolicy(one, round), round.today);
  return { ...one, decision };
}
