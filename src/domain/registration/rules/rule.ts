import type { Finding, RegistrationFacts, Rival } from '../registration.ts';

/**
 * One rule of engagement: what it says of one rival of one registration, or null when it does not apply. `today` is
 * `YYYY-MM-DD`. A rule never looks at more than one rival; `decideRegistration` weighs the findings.
 */
export type Rule = (facts: RegistrationFacts, rival: Rival, today: string) => Finding | null;
