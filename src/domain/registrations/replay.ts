import { showsHistory } from './customer-history.ts';
import { applyRulesOfEngagement } from './apply-rules.ts';
import { currentRules } from './rules/rule.ts';
import type {
  DecisionPolicy,
  RegistrationDecision,
  RegistrationFacts,
  Rival,
  RuleFacts,
} from './registration.ts';

interface DecisionContext {
  readonly today: string;
  readonly policy: DecisionPolicy;
}

/** Collects the facts that `replayDecision` needs to reproduce a decision. */
export function ruleFacts(
  { findings }: RegistrationDecision,
  registration: RegistrationFacts,
  rivals: readonly Rival[],
  { today, policy }: DecisionContext,
): RuleFacts {
  const inFindings = new Set(findings.map(({ rival }) => rival?.id));
  const historyRivals = rivals.filter((rival) => !inFindings.has(rival.id) && showsHistory(rival));
  const { engagement, protectionDays, automaticApproval } = policy;
  const stored = {
    engagement,
    protectionDays,
    ...(automaticApproval === undefined ? {} : { automaticApproval }),
  };
  return { version: currentRules, registration, historyRivals, today, policy: stored };
}

/** Applies the rules of its time to the stored facts of a decision. */
export function replayDecision(
  { findings }: RegistrationDecision,
  { version = 1, registration, historyRivals, today, policy }: RuleFacts,
): RegistrationDecision {
  const inFindings = new Map(findings.flatMap(({ rival }) => (rival ? [[rival.id, rival] as const] : [])));
  const rivals = [...inFindings.values(), ...historyRivals];
  return applyRulesOfEngagement(registration, rivals, policy, today, version);
}
