import type { ClaimRuleKind, RivalRuleKind } from '#src/domain/registrations/registration.ts';
import { directOpportunity } from './direct-opportunity.ts';
import { earlierClaim } from './earlier-registration.ts';
import { existingCustomer } from './existing-customer.ts';
import { laterClaim } from './later-registration.ts';
import { outsideTerritory } from './outside-territory.ts';
import { ownDuplicate } from './same-partner-duplicate.ts';
import { ownUpdate } from './same-partner-update.ts';
import { protectionEnded } from './protection-ended.ts';
import { renewal } from './renewal.ts';
import type { ClaimRule, RivalRule } from './rule.ts';

/** The rules of engagement. A new one is a file, a kind and a line here. */
export const rivalRules: Readonly<Record<RivalRuleKind, RivalRule>> = {
  own_duplicate: ownDuplicate,
  own_update: ownUpdate,
  earlier_claim: earlierClaim,
  later_claim: laterClaim,
  protection_ended: protectionEnded,
  direct_opportunity: directOpportunity,
};

export const claimRules: Readonly<Record<ClaimRuleKind, ClaimRule>> = {
  existing_customer: existingCustomer,
  renewal,
  outside_territory: outsideTerritory,
};
