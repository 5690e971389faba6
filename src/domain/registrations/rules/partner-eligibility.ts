/**
 * Protection is a promise to an active partner that sells to somebody else. A company that is no partner any more,
 * is suspended, or was merged into another partner may still have registrations, and a partner may register itself
 * or another partner, to buy at partner prices. None of that is approved without a person.
 */
import type { PartnerDoubts, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from './rule.ts';

export const partnerEligibility: RegistrationRule = (facts) => {
  if (facts.partnerDoubts === undefined) return null;
  const reasons = reasonsFor(facts, facts.partnerDoubts);
  if (reasons.length === 0) return null;
  return {
    rule: 'partner_eligibility',
    effect: 'review',
    rival: null,
    message: reasons.map(({ message }) => message).join(' '),
    publicMessage: reasons.map(({ publicMessage }) => publicMessage).join(' '),
  };
};

interface Reason {
  readonly message: string;
  /** Without the names of other partners. */
  readonly publicMessage: string;
}

function reasonsFor(
  { partnerId, partnerName }: RegistrationFacts,
  { status, mergedFrom, asCustomer }: PartnerDoubts,
): readonly Reason[] {
  const others = asCustomer.filter(({ id }) => id !== partnerId).map(({ name }) => name);
  return [
    ...(status === 'not_a_partner'
      ? [
          {
            message: `${partnerName} is no longer marked as a partner in the CRM.`,
            publicMessage: 'The company that registered the deal is no longer marked as a partner.',
          },
        ]
      : []),
    ...(status === 'suspended'
      ? [{ message: `${partnerName} is suspended.`, publicMessage: 'The partner is suspended.' }]
      : []),
    ...(mergedFrom === null
      ? []
      : [
          {
            message: `Registered by ${mergedFrom.name}, which was merged into ${partnerName} on ${mergedFrom.on}.`,
            publicMessage: `The partner that registered the deal was merged into another account on ${mergedFrom.on}.`,
          },
        ]),
    ...(asCustomer.length > others.length
      ? [
          {
            message: `The customer is ${partnerName}, the partner itself.`,
            publicMessage: 'The customer is the partner itself.',
          },
        ]
      : []),
    ...(others.length === 0
      ? []
      : [
          {
            message: `The customer is a partner: ${others.join(', ')}.`,
            publicMessage: 'The customer is a partner.',
          },
        ]),
  ];
}
