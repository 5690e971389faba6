import type { RegistrationRuleKind, RivalRuleKind } from '#src/domain/registrations/registration.ts';
import { directOpportunity } from './direct-opportunity.ts';
import { earlierRegistration } from './earlier-registration.ts';
import { existingCustomer } from './existing-customer.ts';
import { laterRegistration } from './later-registration.ts';
import { outsideTerritory } from './outside-territory.ts';
import { samePartnerDuplicate } from './same-partner-duplicate.ts';
import { samePartnerUpdate } from './same-partner-update.ts';
import { protectionEnded } from './protection-ended.ts';
import { renewal } from './renewal.ts';
import type { RegistrationRule, RivalRule } from './rule.ts';

/** The rules of engagement. A new one is a file, a kind and a line here. */
export const rivalRules: Readonly<Record<RivalRuleKind, RivalRule>> = {
  own_duplicate: samePartnerDuplicate,
  own_update: samePartnerUpdate,
  earlier_claim: earlierRegistration,
  later_claim: laterRegistration,
  protection_ended: protectionEnded,
  direct_opportunity: directOpportunity,
};

export const registrationRules: Readonly<Record<RegistrationRuleKind, RegistrationRule>> = {
  existing_customer: existingCustomer,
  renewal,
  outside_territory: outsideTerritory,
};
