import { addDays } from '#src/domain/period.ts';
import { isPlaceholder } from './placeholder.ts';
import type {
  DecisionPolicy,
  Finding,
  RegistrationDecision,
  RegistrationFacts,
  Rival,
} from './registration.ts';
import { automaticApprovalFinding } from './programme/automatic-approval.ts';
import { isRuleOn, withSetEffect } from './programme/rule-effect.ts';
import { currentRules, type RivalRule, type RuleContext } from './rules/rule.ts';
import { registrationRules, rivalRules } from './rules/rules.ts';

/** The number of findings in a summary. A reader who needs more opens the review queue. */
const summaryLength = 10;

/**
 * Decides one registration by the rules of engagement. A finding that asks for information sends it back to the
 * partner, one that blocks rejects it, one to review queues it, and otherwise it is approved and protected for the
 * programme's window, not counting `today` (`YYYY-MM-DD`). The order of the rivals does not matter.
 *
 * @param version another version than `currentRules` only to reproduce an older decision
 */
export function applyRulesOfEngagement(
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  program: DecisionPolicy,
  today: string,
  version: number = currentRules,
): RegistrationDecision {
  const others = rivals.filter((rival) => rival.id !== facts.id && (version < 3 || !isUnnamed(rival)));
  const context: RuleContext = { today, policy: program.engagement, version };
  const sameOrRelated = others.filter(({ match }) => match.verdict !== 'different');
  const rules = rulesOn(rivalRules, context);
  const found = [
    ...others.flatMap((rival) => rivalFindings(facts, rival, { rules, context })),
    ...rulesOn(registrationRules, context).flatMap((rule) => rule(facts, sameOrRelated, context) ?? []),
  ].map((finding) => withSetEffect(finding, context.policy));
  const findings = (facts.edit === undefined ? found : found.map(decidedByPerson)).toSorted(byImportance);
  const asks = findings.filter(({ effect }) => effect === 'ask');
  if (asks.length > 0) return { outcome: 'ask', reason: summaryOf(asks), findings: asks };
  const blocks = findings.filter(({ effect }) => effect === 'block');
  if (blocks.length > 0) return { outcome: 'reject', reason: summaryOf(blocks), findings };
  const reviews = findings.filter(({ effect }) => effect === 'review');
  if (reviews.length > 0) return { outcome: 'review', reason: summaryOf(reviews), findings };
  const stop = automaticApprovalFinding(facts, program);
  if (stop !== null) return { outcome: 'review', reason: stop.publicMessage, findings: [stop, ...findings] };
  const protectedUntil = addDays(today, program.protectionDays);
  return {
    outcome: 'approve',
    reason: `No blocking conflict. Protected until ${protectedUntil}.`,
    protectedUntil,
    findings,
  };
}

/** A registration of a placeholder names no company, so it competes with no other registration. */
function isUnnamed(rival: Rival): boolean {
  return rival.kind === 'registration' && isPlaceholder(rival.customerName);
}

/** The rules that the programme applies. */
function rulesOn<Rule>(rules: Readonly<Record<string, Rule>>, { policy }: RuleContext): readonly Rule[] {
  return Object.entries(rules).flatMap(([kind, rule]) => (isRuleOn(kind, policy) ? [rule] : []));
}

/** A rival with an edit is compared with its approved terms and with the edited ones. */
function rivalFindings(
  facts: RegistrationFacts,
  rival: Rival,
  { rules, context }: { readonly rules: readonly RivalRule[]; readonly context: RuleContext },
): readonly Finding[] {
  const views: readonly Rival[] =
    rival.kind === 'registration' && rival.edited !== undefined
      ? [rival, { ...rival, ...rival.edited }]
      : [rival];
  const findings = views.flatMap((view) => rules.flatMap((rule) => rule(facts, view, context) ?? []));
  return findings.map((finding) => ({ ...finding, rival }));
}

/** No rule takes an approval away because of an edit: it asks a person instead. */
function decidedByPerson(finding: Finding): Finding {
  return finding.effect === 'note' ? finding : { ...finding, effect: 'review' };
}

/**
 * One paragraph for the CRM record, the most serious finding first, without names and deals of other
 * partners. Empty if there are no findings.
 */
export function conflictSummary(findings: readonly Finding[]): string {
  return summaryOf(findings.toSorted(byImportance));
}

/** The highest match score of a competing registration or opportunity, 0 to 100. 0 if there is none. */
export function conflictScore(findings: readonly Finding[]): number {
  const competing = findings.flatMap(({ rival }) =>
    rival === null || rival.kind === 'customer' || rival.match.verdict === 'different'
      ? []
      : [rival.match.score],
  );
  return Math.max(0, ...competing.map((score) => Math.round(score * 100)));
}

/** Uses the public messages, because the partner and the sales rep read it. */
function summaryOf(findings: readonly Finding[]): string {
  const messages = findings.slice(0, summaryLength).map((finding) => finding.publicMessage);
  const rest = findings.length - messages.length;
  return [...messages, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
}

const effectOrder: Readonly<Record<Finding['effect'], number>> = { ask: 0, block: 1, review: 2, note: 3 };

function byImportance(a: Finding, b: Finding): number {
  return (
    effectOrder[a.effect] - effectOrder[b.effect] ||
    scoreOf(b) - scoreOf(a) ||
    (sortKey(a) < sortKey(b) ? -1 : 1)
  );
}

/** Findings about a rival come before findings about the registration itself. */
const scoreOf = ({ rival }: Finding): number => rival?.match.score ?? 0;
const sortKey = ({ rival, rule }: Finding): string => `${rival?.id ?? ''} ${rule}`;
