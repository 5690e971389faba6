import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import type { Finding, RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';

/** The day of the decision, the programme's policy and the version of the rules. */
export interface RuleContext {
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly policy: EngagementPolicy;
  /** See `currentRules`. */
  readonly version: number;
}

/**
 * The version of the rules. It is stored with the facts of a decision, so that a decision of an earlier version
 * is reproduced by the rules of its time. Increase it when a rule decides the same facts differently.
 *
 * 1: equal instants are ordered by id, a misspelt product family is another product, and a registration with the
 * match verdict `same` is rejected as a duplicate.
 *
 * 2: a placeholder is the name of a customer.
 */
export const currentRules = 3;

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
