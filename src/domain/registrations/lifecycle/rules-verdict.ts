/** The decision of the rules of engagement as the verdict of a submission. */
import type { Finding, RegistrationDecision, RuleKind } from '../registration.ts';
import type { CommandValues, RulesVerdict } from './command.ts';

const verdicts = {
  approve: 'clear',
  review: 'review',
  reject: 'block',
  ask: 'ask',
} as const satisfies Record<RegistrationDecision['outcome'], RulesVerdict>;

/** The coded reasons of rules that reject or ask. The reason of another rule is `did_not_meet_criteria`. */
const codes: Readonly<Partial<Record<RuleKind, string>>> = {
  same_partner_duplicate: 'duplicate_own',
  same_partner_update: 'duplicate_own',
  earlier_registration: 'conflict_earlier_registration',
  later_registration: 'conflict_earlier_registration',
  direct_opportunity: 'conflict_direct_opportunity',
  linked_opportunity: 'conflict_direct_opportunity',
  existing_customer: 'existing_customer',
  outside_territory: 'outside_territory',
  partner_eligibility: 'partner_not_in_good_standing',
  placeholder_customer: 'unclear_customer',
  minimum_deal_size: 'below_minimum_size',
  named_account: 'conflict_named_account',
  incumbent_contract: 'existing_customer',
  open_registrations: 'too_many_open',
  partner_status: 'partner_not_in_good_standing',
  partner_certification: 'not_certified',
};

export function rulesVerdictOf({
  outcome,
  reason,
  findings,
}: RegistrationDecision): Pick<CommandValues, 'rules' | 'rulesCode' | 'rulesText'> {
  const deciding = findings.find(({ effect }) => effect === 'ask' || effect === 'block');
  const rulesCode =
    deciding === undefined ? undefined : (codes[deciding.rule] ?? (outcome === 'ask' ? 'other' : undefined));
  return { rules: verdicts[outcome], rulesCode, rulesText: reason };
}

/** The registration of the same partner for the same deal, when the rules are sure of that. */
export function sameDealIn({ findings }: Pick<RegistrationDecision, 'findings'>): string | null {
  return findings.find(isSameDeal)?.rival?.id ?? null;
}

function isSameDeal({ rule, effect }: Finding): boolean {
  return effect === 'block' && (rule === 'same_partner_duplicate' || rule === 'same_partner_update');
}
