/**
 * Protection is for partners in good standing: with the right status and a valid agreement. The vendor's CRM has both in
 * fields that it names itself. What a field does not say is not assumed: a person decides.
 */
import { isBusinessDate } from '#src/domain/period.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

export const partnerStatus: RegistrationRule = (facts, _rivals, { policy, today }) => {
  const { statusField, good, agreementField } = ruleSetting(policy, 'partner_status');
  const fields = facts.partnerFields;
  if (fields === undefined) return null;
  const doubts = [
    ...(statusField === null ? [] : statusDoubt(fields[statusField], { field: statusField, good })),
    ...(agreementField === null
      ? []
      : agreementDoubt(fields[agreementField], { field: agreementField, today })),
  ];
  if (doubts.length === 0) return null;
  // The message is public as it is, because the values are the partner's.
  const message = doubts.map((doubt) => doubt.message).join(' ');
  const isUnclear = doubts.every((doubt) => doubt.isUnclear);
  return {
    rule: 'partner_status',
    effect: 'review',
    rival: null,
    ...(isUnclear ? { isUnclear } : {}),
    message,
    publicMessage: message,
  };
};

interface Doubt {
  readonly message: string;
  readonly isUnclear: boolean;
}

function statusDoubt(
  value: string | null | undefined,
  { field, good }: { readonly field: string; readonly good: readonly string[] },
): readonly Doubt[] {
  const status = value?.trim() ?? '';
  const needed = `${good.join(' or ')} is needed`;
  if (status === '')
    return [{ message: `The partner's status is not known (field ${field}); ${needed}.`, isUnclear: true }];
  const isGood = good.some((one) => one.toLowerCase() === status.toLowerCase());
  return isGood ? [] : [{ message: `The partner's status is ${status}; ${needed}.`, isUnclear: false }];
}

function agreementDoubt(
  value: string | null | undefined,
  { field, today }: { readonly field: string; readonly today: string },
): readonly Doubt[] {
  const until = value?.trim().slice(0, 10) ?? '';
  if (!isBusinessDate(until)) {
    const message = `The last day of the partner's agreement is not known (field ${field}); a valid agreement is needed.`;
    return [{ message, isUnclear: true }];
  }
  if (until >= today) return [];
  return [
    { message: `The partner's agreement ended on ${until}; a valid agreement is needed.`, isUnclear: false },
  ];
}
