import { applyRulesOfEngagement } from '#src/domain/registrations/apply-rules.ts';
import type { EvaluationRound, RegistrationWithFindings, RegistrationWithRivals } from './evaluation.ts';

/** Step 3: what the rules of engagement find, and the outcome that follows. */
export function withFindings(
  one: RegistrationWithRivals,
  { program, today }: EvaluationRound,
): RegistrationWithFindings {
  const policy = { engagement: program.engagement, protectionDays: one.protectionDays };
  return { ...one, decision: applyRulesOfEngagement(one.facts, one.rivals, policy, today) };
}
