import type { Db } from '#src/db/client.ts';
import {
  type ApprovalBlocker,
  type ApprovalQuestion,
  findApprovalBlocker,
  hasOneAdmin,
} from '#src/db/people/approval-store.ts';
import { findPerson } from '#src/db/people/person-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';

const sentences: Readonly<Record<Exclude<ApprovalBlocker, 'waiting'>, string>> = {
  unknown: 'There is no such person in Fairway.',
  disabled: 'This person is disabled and cannot approve anything.',
  demo: 'The demo person cannot approve anything since a CRM or ERP of yours is connected. Invite a second person on the People page.',
  same_person: 'You made this yourself. Another person must approve it.',
  tied: 'You and the person who made this do not count as two people, because one of you invited the other or let the other in again. Somebody else must approve it.',
};

/**
 * Checks that a person may be the second pair of eyes for what the makers made. Triggers of the database check
 * the same; this gives the reason in plain words.
 *
 * @throws AppError `not_allowed`
 */
export async function requireSecondPerson(db: Db, question: ApprovalQuestion): Promise<void> {
  const blocker = await findApprovalBlocker(db, question);
  if (blocker !== null)
    throw new AppError('not_allowed', await blockerSentence(db, blocker, question.approverId), { blocker });
}

/** Why the person cannot approve, for the person. */
export async function blockerSentence(db: Db, blocker: ApprovalBlocker, approverId: string): Promise<string> {
  if (blocker !== 'waiting') return sentences[blocker];
  const from = (await findPerson(db, approverId))?.approvesFrom;
  return `Your role is new: you may approve from ${from === undefined ? 'later' : `${utcMinute(from)} UTC`} on, or as soon as a second admin confirms you on the People page.`;
}

/** @throws AppError `not_allowed` in production with fewer than two admins */
export async function requireTwoAdmins(db: Db, at: Date): Promise<void> {
  if (await hasOneAdmin(db, at))
    throw new AppError(
      'not_allowed',
      'Nothing is paid while Fairway has only one admin. Invite a second admin on the People page.',
    );
}
