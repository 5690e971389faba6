import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { defaultRuleSettings, isWeaker, ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { Finding, RegistrationRuleKind, RivalRuleKind } from '#src/domain/registrations/registration.ts';

export function isRuleOn(kind: string, policy: EngagementPolicy): boolean {
  return ruleSetting(policy, kind as RivalRuleKind | RegistrationRuleKind).effect !== 'off';
}

/**
 * A finding with the effect that the programme gives to its rule. A weaker setting limits every finding of the rule. A
 * more severe one raises only the most severe findings, so that a note about a deal that is no problem remains a note.
 */
export function withSetEffect(finding: Finding, policy: EngagementPolicy): Finding {
  const { rule } = finding;
  if (rule === 'automatic_approval') return finding;
  const { effect } = ruleSetting(policy, rule);
  if (effect === 'off' || effect === finding.effect) return finding;
  if (isWeaker(effect, finding.effect)) return { ...finding, effect };
  if (finding.effect !== defaultRuleSettings[rule].effect) return finding;
  // Neither a company that only may be the same nor a fact that is missing rejects anything without a person.
  return { ...finding, effect: effect === 'block' && !isCertain(finding) ? 'review' : effect };
}

function isCertain({ rival, isUnclear = false }: Finding): boolean {
  return !isUnclear && (rival === null || rival.match.verdict === 'same');
}
