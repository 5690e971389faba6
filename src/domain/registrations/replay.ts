import { showsHistory } from './customer-history.ts';
import { applyRulesOfEngagement } from './apply-rules.ts';
import type {
  DecisionPolicy,
  RegistrationDecision,
  RegistrationFacts,
  Rival,
  RuleFacts,
} from './registration.ts';

/**
 * What has to be kept of a decision so that `decideAgain` comes to the same. @param policy of the programme
 * it was made under
 */
export function ruleFacts(
  { findings }: RegistrationDecision,
  claim: RegistrationFacts,
  rivals: readonly Rival[],
  {
    today,
    policy: { engagement, protectionDays },
  }: { readonly today: string; readonly policy: DecisionPolicy },
): RuleFacts {
  const told = new Set(findings.map(({ rival }) => rival?.id));
  const untold = rivals.filter((rival) => !told.has(rival.id) && showsHistory(rival));
  return { claim, untold, today, policy: { engagement, protectionDays } };
}

/** What the rules say of the same facts. */
export function decideAgain(
  { findings }: RegistrationDecision,
  { claim, untold, today, policy }: RuleFacts,
): RegistrationDecision {
  const told = new Map(findings.flatMap(({ rival }) => (rival ? [[rival.id, rival] as const] : [])));
  return applyRulesOfEngagement(claim, [...told.values(), ...untold], policy, today);
}
