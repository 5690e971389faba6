/**
 * A partner that registers everything blocks other partners. A vendor may limit how many registrations of a partner
 * wait or are protected at the same time, by tier.
 */
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

export const openRegistrations: RegistrationRule = (facts, _rivals, { policy }) => {
  const { most, tiers } = ruleSetting(policy, 'open_registrations');
  const { openRegistrations: open, partnerTier: tier = null, partnerName } = facts;
  if (open === undefined) return null;
  const limit = (tier === null ? undefined : tiers[tier]) ?? most;
  const finding = { rule: 'open_registrations', effect: 'review', rival: null } as const;
  if (limit === null) {
    if (Object.keys(tiers).length === 0 || tier !== null) return null;
    const publicMessage =
      'The tier of the partner is not known, and the limit of open registrations depends on it.';
    const message = `The tier of ${partnerName} is not known, and the limit of open registrations depends on it. Assess the tiers, or set \`most\` for partners without a tier.`;
    return { ...finding, isUnclear: true, message, publicMessage };
  }
  if (open < limit) return null;
  const ofTier = tier !== null && tiers[tier] !== undefined ? ` for ${tier}` : '';
  const passes = 'It would pass as soon as fewer of them wait or are protected.';
  return {
    ...finding,
    message: `${partnerName} has ${open} open registrations, and the limit${ofTier} is ${limit}. ${passes}`,
    publicMessage: `The partner has ${open} open registrations, and the limit${ofTier} is ${limit}. ${passes}`,
  };
};
