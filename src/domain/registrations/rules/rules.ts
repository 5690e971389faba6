import type { RegistrationRuleKind, RivalRuleKind } from '#src/domain/registrations/registration.ts';
import { incumbentContract } from './accounts/incumbent-contract.ts';
import { namedAccount } from './accounts/named-account.ts';
import { minimumDealSize } from './deal/minimum-deal-size.ts';
import { openRegistrations } from './partner/open-registrations.ts';
import { partnerCertification } from './partner/partner-certification.ts';
import { partnerStatus } from './partner/partner-status.ts';
import { coSell } from './rivals/co-sell.ts';
import { directOpportunity } from './direct-opportunity.ts';
import { earlierRegistration } from './earlier-registration.ts';
import { editedAfterApproval } from './edited-after-approval.ts';
import { existingCustomer } from './existing-customer.ts';
import { laterRegistration } from './later-registration.ts';
import { linkedOpportunity } from './linked-opportunity.ts';
import { openLead } from './open-lead.ts';
import { outsideTerritory } from './outside-territory.ts';
import { partnerEligibility } from './partner-eligibility.ts';
import { placeholderCustomer } from './placeholder-customer.ts';
import { protectionEnded } from './protection-ended.ts';
import { renewal } from './renewal.ts';
import type { RegistrationRule, RivalRule } from './rule.ts';
import { sameInitials } from './same-initials.ts';
import { sameInstant } from './same-instant.ts';
import { samePartnerDuplicate } from './same-partner-duplicate.ts';
import { samePartnerRejected } from './same-partner-rejected.ts';
import { samePartnerUpdate } from './same-partner-update.ts';
import { typedDate } from './typed-date.ts';

/** The rules of engagement. To add a rule, add a file, a kind in `registration.ts`, its setting and a line here. */
export const rivalRules: Readonly<Record<RivalRuleKind, RivalRule>> = {
  same_partner_duplicate: samePartnerDuplicate,
  same_partner_update: samePartnerUpdate,
  same_partner_rejected: samePartnerRejected,
  earlier_registration: earlierRegistration,
  later_registration: laterRegistration,
  same_instant: sameInstant,
  protection_ended: protectionEnded,
  direct_opportunity: directOpportunity,
  open_lead: openLead,
  same_initials: sameInitials,
  co_sell: coSell,
};

export const registrationRules: Readonly<Record<RegistrationRuleKind, RegistrationRule>> = {
  partner_eligibility: partnerEligibility,
  edited_after_approval: editedAfterApproval,
  placeholder_customer: placeholderCustomer,
  linked_opportunity: linkedOpportunity,
  existing_customer: existingCustomer,
  renewal,
  outside_territory: outsideTerritory,
  typed_date: typedDate,
  minimum_deal_size: minimumDealSize,
  named_account: namedAccount,
  incumbent_contract: incumbentContract,
  open_registrations: openRegistrations,
  partner_status: partnerStatus,
  partner_certification: partnerCertification,
};
