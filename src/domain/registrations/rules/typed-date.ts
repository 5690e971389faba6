/**
 * People type the date of submission, and a partner may type an earlier one. Precedence does not depend on it.
 * A typed date that differs by more than a day is shown to the reviewer, because it may be the true one, such as
 * that of a registration that was imported from another system.
 */
import { daysBetween } from '#src/domain/period.ts';
import { dayOf } from '#src/domain/registrations/finding-text.ts';
import type { RegistrationRule } from './rule.ts';

/** A typed date may be a day without a time, in another time zone. */
const toleranceMs = 86_400_000;

export const typedDate: RegistrationRule = ({ typedAt, submittedAt }) => {
  if (typedAt === undefined) return null;
  const difference = Date.parse(submittedAt) - Date.parse(typedAt);
  if (Math.abs(difference) <= toleranceMs) return null;
  const [typed, counted] = [dayOf(typedAt), dayOf(submittedAt)];
  const days = Math.abs(daysBetween(typed, counted));
  const amount = `${days} ${days === 1 ? 'day' : 'days'} ${difference > 0 ? 'before' : 'after'}`;
  // The message is public as it is, because the date is the partner's.
  const message = `The typed date of submission, ${typed}, is ${amount} the registration arrived. Precedence counts from ${counted}.`;
  return { rule: 'typed_date', effect: 'note', rival: null, message, publicMessage: message };
};
