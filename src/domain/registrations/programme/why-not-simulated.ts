/** Says when the stored facts of a decision do not show what another programme would ask about. */
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { ruleSetting, type NamedAccount } from '#src/domain/program/rule-settings.ts';
import {
  registrationRuleKinds,
  rivalRuleKinds,
  type RegistrationFacts,
  type RuleKind,
} from '#src/domain/registrations/registration.ts';
import { isRuleOn } from './rule-effect.ts';

/**
 * Why a decision cannot be simulated; null when it can.
 *
 * @param then the policy of the decision
 * @param facts the facts of the decision; undefined when the rules found nothing, so that none were stored
 */
export function whyNotSimulated(
  now: EngagementPolicy,
  then: EngagementPolicy,
  facts: RegistrationFacts | undefined,
): string | null {
  const switchedOn = [...rivalRuleKinds, ...registrationRuleKinds].filter(
    (kind) => isRuleOn(kind, now) && !isRuleOn(kind, then) && missing[kind] === undefined,
  );
  if (switchedOn.length > 0)
    return `Rules that were off at the decision are on now, and what they compare was not stored with it: ${switchedOn.join(', ')}.`;
  if (now.lookBackMonths > then.lookBackMonths) return longerLookBack;
  const unknown = Object.entries(missing).filter(
    ([kind, isMissing]) => isRuleOn(kind, now) && isMissing(facts ?? {}, now, then),
  );
  if (unknown.length > 0)
    return `What these rules ask about was not stored with the decision: ${unknown.map(([kind]) => kind).join(', ')}.`;
  const ended = ruleSetting(now, 'protection_ended');
  const isLonger = ended.days > ruleSetting(then, 'protection_ended').days;
  return isLonger && ended.effect !== 'note' ? longerProtection : null;
}

const longerLookBack =
  'The look-back is longer than at the decision, and older purchases and rejections were not stored with it.';
const longerProtection =
  'The rule protection_ended looks back longer than at the decision, and what ended before was not stored with it.';

type IsMissing = (
  facts: Partial<RegistrationFacts>,
  now: EngagementPolicy,
  then: EngagementPolicy,
) => boolean;

/** The rules that ask about facts which are stored only if the programme of the decision asked about them. */
const missing: Readonly<Partial<Record<RuleKind, IsMissing>>> = {
  // The amount is always known.
  minimum_deal_size: () => false,
  named_account: ({ accounts }, now, then) => {
    const [a, b] = [ruleSetting(now, 'named_account'), ruleSetting(then, 'named_account')];
    if (a.accounts.length === 0 && a.reservedField === null) return false;
    const known = new Set(isRuleOn('named_account', then) ? b.accounts.map(idsOf) : []);
    const isField = a.reservedField === null || a.reservedField === b.reservedField;
    return accounts === undefined || !isField || a.accounts.some((one) => !known.has(idsOf(one)));
  },
  incumbent_contract: ({ accounts }, now, then) => {
    const { endField } = ruleSetting(now, 'incumbent_contract');
    if (endField === null) return false;
    return accounts === undefined || endField !== ruleSetting(then, 'incumbent_contract').endField;
  },
  open_registrations: ({ openRegistrations }, now) => {
    const { most, tiers } = ruleSetting(now, 'open_registrations');
    return (most !== null || Object.keys(tiers).length > 0) && openRegistrations === undefined;
  },
  partner_status: ({ partnerFields }, now) => {
    const { statusField, agreementField } = ruleSetting(now, 'partner_status');
    return [statusField, agreementField].some(
      (field) => field !== null && partnerFields?.[field] === undefined,
    );
  },
  partner_certification: ({ partnerFields }, now) => {
    const { field, needed } = ruleSetting(now, 'partner_certification');
    return field !== null && needed.length > 0 && partnerFields?.[field] === undefined;
  },
  co_sell: ({ role }, now) => ruleSetting(now, 'co_sell').together.length > 0 && role === undefined,
};

function idsOf({ domain, registryId, account }: NamedAccount): string {
  return JSON.stringify([domain, registryId, account]);
}
