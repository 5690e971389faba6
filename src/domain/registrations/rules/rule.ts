import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import type { Finding, RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';

/** When a claim is decided, and by which policy. */
export interface RuleContext {
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly policy: EngagementPolicy;
}

/**
 * A rule of engagement between a registration and one rival: what it says, or null when it does not apply. It
 * never looks at more than one rival; `decideRegistration` weighs the findings.
 */
export type RivalRule = (facts: RegistrationFacts, rival: Rival, context: RuleContext) => Finding | null;

/**
 * A rule about the registration itself: it competes with nobody, but may look at everything that is known of
 * the customer.
 */
export type RegistrationRule = (
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  context: RuleContext,
) => Finding | null;
