/** What a person reads, by the reason of the refusal. */
const messages: Readonly<Record<string, string>> = {
  no_such_registration: 'There is no such registration.',
  no_such_opportunity: 'There is no such opportunity.',
  role: 'Your role may not do this.',
  unknown_person: 'You are not among the people of the channel. Ask an admin.',
  author_not_proven:
    'The CRM does not prove that a person of the channel decided. Decide on the record yourself.',
  decision_changed: 'The decision was changed after it was made. Make a new one.',
  decided_for_another:
    'A delegate or an administrator decided in the place of the approver. The approver decides on the record.',
  decision_unknown: 'There is no such decision. Choose one from the list.',
  version_unknown: 'Fairway had not written the record when it was decided. Decide again on its page.',
  evidence_changed:
    'What the rules found has changed since Fairway last wrote this record. Read the conflict texts and decide again.',
  no_lifecycle:
    'The rules decide this registration, or it waits for a required value, so it has no decision for a person yet.',
  illegal_move: 'This is not possible in the present state of the registration.',
  already_decided: 'The registration is decided already.',
  decision_deferred:
    'Another decision was made and can still be undone. Read the registration again in some seconds.',
  undo_too_late: 'The decision is applied already and cannot be undone. Make another move.',
  undo_by_another: 'Only the person who made the decision can undo it.',
  stale_version: 'The registration has changed since you read it. Read it again.',
  self_approval: 'You submitted, created or requested this, so another person decides it.',
  creator_unknown:
    'Fairway cannot read yet who created this record in the CRM, and that person must not decide it. Decide again later. An admin finds the cause on the page of the connection.',
  edited_it: 'You edited the registration, so another person decides it.',
  conflict_of_interest:
    'You look after this partner, or the programme names a conflict of interest. Another person decides it.',
  same_person_twice: 'You approved an earlier step, so another person approves this one.',
  not_your_turn: 'You approve another step.',
  not_an_approver: 'You are not an approver of this step.',
  same_reviewer: 'You decided the registration, so another person decides the appeal.',
  partner_suspended: 'The partner is suspended or has left the programme.',
  question_required: 'Enter the question for the partner.',
  reason_required: 'Choose a reason.',
  reason_code_unknown: 'Choose a reason from the list of this move.',
  rival_in_force:
    'Another registration is in force for this customer. Reject this one, or name the other one and the reason in “over”.',
  over_reason_required: 'Enter why this registration is approved beside the one in force.',
  text_required: 'Explain the reason “other”.',
  field_missing: 'A required field is missing.',
  opportunity_not_created: 'Fairway cannot create the opportunity in the CRM.',
  field_invalid: 'A field has a value that cannot be read.',
  field_locked: 'A field cannot be changed in the present state.',
  appeal_too_late: 'The time for an appeal is over.',
  appeal_spent: 'There was an appeal already. A registration has one.',
  not_appealable: 'This rejection cannot be appealed. Submit the registration again.',
  extension_too_early: 'It is too early to request an extension.',
  extension_limit: 'The registration cannot be extended again.',
  extension_open: 'An extension is requested already.',
  no_extension_open: 'No extension is requested.',
  extension_not_needed: 'The protection does not end, so it needs no extension.',
};

/** The sentence for the reason of a refusal. */
export function refusalText(reason: string): string {
  return messages[reason] ?? 'This is not possible.';
}
