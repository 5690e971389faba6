/**
 * One name is only the initials of the other, and nothing else connects the two companies. This is too weak for an
 * alert, because every name of three letters is the initials of many others. A reviewer who knows both companies can
 * still see that they are one.
 */
import { submittedOn } from '#src/domain/registrations/finding-text.ts';
import { holdsProtection } from '#src/domain/registrations/precedence.ts';
import type { Rival } from '#src/domain/registrations/registration.ts';
import type { RivalRule } from './rule.ts';

export const sameInitials: RivalRule = (facts, rival, { today }) => {
  if (rival.match.verdict !== 'different' || rival.match.isInitials !== true) return null;
  const isRival =
    rival.kind === 'registration'
      ? rival.partnerId !== facts.partnerId && holdsProtection(rival, today)
      : rival.kind === 'lead' || (rival.kind === 'opportunity' && (rival.outcome ?? 'open') === 'open');
  if (!isRival) return null;
  return {
    rule: 'same_initials',
    effect: 'note',
    rival,
    message: `${initialsText(facts.customerName, rival)} ${dealText(rival)}.`,
    publicMessage:
      'The name of the customer may be an abbreviation of another known company, or the other way round.',
  };
};

function initialsText(customerName: string, rival: Rival): string {
  const other = rival.kind === 'registration' ? rival.customerName : rival.accountName;
  const [short, long] = [customerName, other].toSorted((a, b) => a.length - b.length);
  return `"${short}" are the initials of "${long}":`;
}

function dealText(rival: Rival): string {
  switch (rival.kind) {
    case 'registration':
      return `registration ${rival.number} by ${rival.partnerName} (${submittedOn(rival)})`;
    case 'opportunity':
      return `our open opportunity "${rival.name}"`;
    case 'lead':
      return 'a lead of our sales team';
    case 'customer':
      return 'an account that has bought';
  }
}
