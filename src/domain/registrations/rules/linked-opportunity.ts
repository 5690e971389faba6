/**
 * A partner links an opportunity to show that a deal in the CRM is the registered one. That is no proof: linked
 * to a deal that our sales team opened before, or that is with another company, the link would only hide the
 * conflict. A person decides then, and also if the deal is already won, because there is nothing left to protect.
 * A lost deal is only a note, because the partner may win the customer later.
 */
import { dayOf, inBrackets } from '#src/domain/registrations/finding-text.ts';
import { isPartnersDeal } from '#src/domain/registrations/partners-deal.ts';
import type { LinkedOpportunity, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from './rule.ts';

export const linkedOpportunity: RegistrationRule = (facts) => {
  const { linked } = facts;
  if (!linked || (isPartnersDeal(linked, facts) && linked.outcome === 'open')) return null;
  const details = inBrackets(
    linked.stage,
    openedText(linked, facts),
    accountDoubt(linked),
    outcomeText(linked),
  );
  const at = linked.accountName === null ? '' : ` at ${linked.accountName}`;
  return {
    rule: 'linked_opportunity',
    effect: isPartnersDeal(linked, facts) && linked.outcome === 'lost' ? 'note' : 'review',
    rival: null,
    message: `Linked to our opportunity "${linked.name}"${at} ${details}.`,
    publicMessage: `The linked opportunity needs a check ${inBrackets(...publicReasons(linked, facts))}.`,
  };
};

function openedText({ openedAt }: LinkedOpportunity, { submittedAt }: RegistrationFacts): string {
  if (openedAt === null) return 'opening date not known';
  const opened = `opened ${dayOf(openedAt)}`;
  return Date.parse(openedAt) < Date.parse(submittedAt) ? `${opened}, before this registration` : opened;
}

function accountDoubt({ customer }: LinkedOpportunity): string | null {
  if (customer === 'related') return 'possibly another company';
  return customer === 'different' ? 'another company' : null;
}

function outcomeText({ outcome }: LinkedOpportunity): string | null {
  return outcome === 'open' ? null : `already ${outcome}`;
}

/** Without dates and stages, because the deal may be one of our sales team. */
function publicReasons(
  linked: LinkedOpportunity,
  { submittedAt }: RegistrationFacts,
): readonly (string | null)[] {
  const { openedAt, outcome } = linked;
  const isOlder = openedAt !== null && Date.parse(openedAt) < Date.parse(submittedAt);
  return [
    openedAt === null ? 'opening date not known' : isOlder ? 'opened before the registration' : null,
    accountDoubt(linked),
    outcome === 'open' ? null : 'already closed',
  ];
}
