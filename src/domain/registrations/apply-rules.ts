import { addDays } from '#src/domain/period.ts';
import type {
  DecisionPolicy,
  Finding,
  RegistrationDecision,
  RegistrationFacts,
  Rival,
} from './registration.ts';
import type { RuleContext } from './rules/rule.ts';
import { registrationRules, rivalRules } from './rules/rules.ts';

/** Findings told on a CRM record; beyond that the reader needs the review queue, not a longer paragraph. */
const summarised = 10;

/**
 * Decides one registration by the rules of engagement. A block rejects, anything to review queues, and
 * otherwise it is approved and protected for the programme's window, `today` (`YYYY-MM-DD`) not counted. The
 * order of rivals does not matter.
 */
export function applyRulesOfEngagement(
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  program: DecisionPolicy,
  today: string,
): RegistrationDecision {
  const others = rivals.filter((rival) => rival.id !== facts.id);
  const context: RuleContext = { today, policy: program.engagement };
  const findings = [
    ...others.flatMap((rival) =>
      Object.values(rivalRules).flatMap((rule) => rule(facts, rival, context) ?? []),
    ),
    ...Object.values(registrationRules).flatMap((rule) => rule(facts, others, context) ?? []),
  ].toSorted(byImportance);
  const blocks = findings.filter(({ effect }) => effect === 'block');
  if (blocks.length > 0) return { outcome: 'reject', reason: say(blocks), findings };
  const reviews = findings.filter(({ effect }) => effect === 'review');
  if (reviews.length > 0) return { outcome: 'review', reason: say(reviews), findings };
  const protectedUntil = addDays(today, program.protectionDays);
  return {
    outcome: 'approve',
    reason: `No other claim stands in the way. Protected until ${protectedUntil}.`,
    protectedUntil,
    findings,
  };
}

/**
 * One paragraph for the CRM, the gravest finding first, without other partners' names and deals; empty when
 * there is none.
 */
export function conflictSummary(findings: readonly Finding[]): string {
  return say(findings.toSorted(byImportance));
}

/** The strongest match with a competing claim, 0 to 100; 0 when there is none. */
export function conflictScore(findings: readonly Finding[]): number {
  const competing = findings.flatMap(({ rival }) =>
    rival === null || rival.kind === 'customer' ? [] : [rival.match.score],
  );
  return Math.max(0, ...competing.map((score) => Math.round(score * 100)));
}

/** The partner and the rep read it. */
function say(findings: readonly Finding[]): string {
  const told = findings.slice(0, summarised).map((finding) => finding.tells);
  const rest = findings.length - told.length;
  return [...told, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
}

const gravity: Readonly<Record<Finding['effect'], number>> = { block: 0, review: 1, note: 2 };

function byImportance(a: Finding, b: Finding): number {
  return (
    gravity[a.effect] - gravity[b.effect] || scoreOf(b) - scoreOf(a) || (orderOf(a) < orderOf(b) ? -1 : 1)
  );
}

/** What competes comes before what is said of the claim itself. */
const scoreOf = ({ rival }: Finding): number => rival?.match.score ?? 0;
const orderOf = ({ rival, rule }: Finding): string => `${rival?.id ?? ''} ${rule}`;
