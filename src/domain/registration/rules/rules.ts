import type { RuleKind } from '../registration.ts';
import { directOpportunity } from './direct-opportunity.ts';
import { earlierClaim } from './earlier-claim.ts';
import { laterClaim } from './later-claim.ts';
import { ownDuplicate } from './own-duplicate.ts';
import type { Rule } from './rule.ts';

/** The rules of engagement. A new one is a file, a kind and a line here. */
export const rules: Readonly<Record<RuleKind, Rule>> = {
  own_duplicate: ownDuplicate,
  earlier_claim: earlierClaim,
  later_claim: laterClaim,
  direct_opportunity: directOpportunity,
};
