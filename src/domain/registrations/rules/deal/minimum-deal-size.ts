/**
 * Registering costs people time, so a vendor may protect only deals from a certain size. Amounts are not converted. An
 * amount that is missing, or in a currency without a minimum, cannot be compared, and a person decides.
 */
import { moneyFrom, type Money } from '#src/domain/program/document/values.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { Finding } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

export const minimumDealSize: RegistrationRule = ({ terms: { amount } }, _rivals, { policy }) =>
  dealSizeFinding(amount, policy);

/** @param amount `1234.50 USD` */
export function dealSizeFinding(amount: string | null, policy: EngagementPolicy): Finding | null {
  const { amounts } = ruleSetting(policy, 'minimum_deal_size');
  if (amounts.length === 0) return null;
  const money = amount === null ? null : moneyFrom(amount);
  const least = amounts.find((one) => moneyFrom(one).currency === money?.currency);
  if (money !== null && least !== undefined && money.minor >= moneyFrom(least).minor) return null;
  // The message is public as it is, because the amount is the partner's.
  const message = messageFor(money, { amount, least, amounts });
  const finding = { rule: 'minimum_deal_size', effect: 'review', rival: null } as const;
  const isUnclear = money === null || least === undefined;
  return { ...finding, ...(isUnclear ? { isUnclear } : {}), message, publicMessage: message };
}

interface Minimum {
  readonly amount: string | null;
  /** In the currency of the deal. */
  readonly least: string | undefined;
  readonly amounts: readonly string[];
}

function messageFor(money: Money | null, { amount, least, amounts }: Minimum): string {
  if (money === null) return `Amount: it is missing. A registration needs at least ${amounts.join(' or ')}.`;
  if (least === undefined)
    return `Amount: there is no minimum in ${money.currency}, so ${amount} cannot be compared with ${amounts.join(' or ')}.`;
  return `Amount: ${amount} is below the minimum. A registration needs at least ${least}.`;
}
