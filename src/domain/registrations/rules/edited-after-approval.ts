/**
 * An approval is a promise about certain terms. When somebody edits them in the CRM afterwards, a person decides
 * whether the promise covers the new terms as well. The approved terms stay protected until then, so that an edit
 * neither takes a customer away from others nor gives up what was promised.
 */
import { dayOf } from '#src/domain/registrations/finding-text.ts';
import { changeText, publicChangeText } from '#src/domain/registrations/protected-terms.ts';
import type { RegistrationRule } from './rule.ts';

export const editedAfterApproval: RegistrationRule = ({ edit }) => {
  if (edit === undefined) return null;
  const { changes, since, protectedUntil } = edit;
  const protection =
    protectedUntil === null ? '' : ` The approved terms stay protected until ${protectedUntil}.`;
  const opening = `Edited in the CRM after approval on ${dayOf(since)}:`;
  return {
    rule: 'edited_after_approval',
    effect: 'review',
    rival: null,
    message: `${opening} ${changes.map(changeText).join('; ')}.${protection} Approve the edit to protect the new terms instead, or reject it to leave the approval as it was.`,
    publicMessage: `${opening} ${changes.map(publicChangeText).join('; ')}. A person decides about the edit.${protection}`,
  };
};
