import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import type { Finding, RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';

/** The day of the decision and the programme's policy. */
export interface RuleContext {
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly policy: EngagementPolicy;
}

/**
 * A rule of engagement between a registration and one rival. It returns null if it does not apply. It never
 * looks at more than one rival; `applyRulesOfEngagement` combines the findings.
 */
export type RivalRule = (facts: RegistrationFacts, rival: Rival, context: RuleContext) => Finding | null;

/**
 * A rule about the registration itself. It may use everything that is known about the customer. It returns
 * null if it does not apply.
 */
export type RegistrationRule = (
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  context: RuleContext,
) => Finding | null;
