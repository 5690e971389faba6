import type { RegistrationStatus } from '#src/domain/status.ts';
import { AppError } from '#src/domain/errors.ts';

export const registrationEvents = [
  'submit',
  'ask',
  'queue',
  'approve',
  'reject',
  'withdraw',
  'expire',
  'reopen',
  'restore',
] as const;
export type RegistrationEvent = (typeof registrationEvents)[number];

/** All allowed status changes. A partner may submit a rejected, expired or withdrawn registration again. */
const moves: Readonly<
  Record<RegistrationStatus, Partial<Readonly<Record<RegistrationEvent, RegistrationStatus>>>>
> = {
  submitted: {
    ask: 'information_needed',
    queue: 'in_review',
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
  },
  information_needed: { queue: 'in_review', approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' },
  in_review: {
    ask: 'information_needed',
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    restore: 'approved',
  },
  approved: { expire: 'expired', withdraw: 'withdrawn', reopen: 'in_review' },
  rejected: { submit: 'submitted', reopen: 'in_review' },
  expired: { submit: 'submitted', reopen: 'in_review' },
  withdrawn: { submit: 'submitted' },
};

const eventWords: Readonly<Record<RegistrationEvent, string>> = {
  submit: 'submitted again',
  ask: 'sent back for information',
  queue: 'queued for review',
  approve: 'approved',
  reject: 'rejected',
  withdraw: 'withdrawn',
  expire: 'expired',
  reopen: 'reopened',
  restore: 'approved as before',
};

export function canMove(from: RegistrationStatus, event: RegistrationEvent): boolean {
  return moves[from][event] !== undefined;
}

/**
 * The status after an event.
 *
 * @throws AppError `conflict` if the event is not allowed in that status
 */
export function move(from: RegistrationStatus, event: RegistrationEvent): RegistrationStatus {
  const to = moves[from][event];
  if (to === undefined) {
    throw new AppError(
      'conflict',
      `A registration that is ${from.replace('_', ' ')} cannot be ${eventWords[event]}.`,
      { from, event },
    );
  }
  return to;
}
