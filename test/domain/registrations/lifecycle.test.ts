import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import { canMove, move, registrationEvents } from '#src/domain/registrations/lifecycle.ts';
import { payoutStatuses, registrationStatuses } from '#src/domain/status.ts';

/** Every status → the events that are allowed and the status after them. */
const allowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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
  approved: { withdraw: 'withdrawn', expire: 'expired', reopen: 'in_review' },
  rejected: { submit: 'submitted', reopen: 'in_review' },
  expired: { submit: 'submitted', reopen: 'in_review' },
  withdrawn: { submit: 'submitted' },
};
const events = ['submit', 'ask', 'queue', 'approve', 'reject', 'withdraw', 'expire', 'reopen', 'restore'];

describe('a registration', () => {
  test('has these statuses, and these events can happen to it', () => {
    expect(registrationStatuses).toEqual(Object.keys(allowed));
    expect(registrationEvents).toEqual(events);
  });

  test.each(registrationStatuses)('that is %s moves only where the table allows it', (status) => {
    const moved = registrationEvents
      .filter((event) => canMove(status, event))
      .map((event) => [event, move(status, event)]);
    expect(Object.fromEntries(moved)).toEqual(allowed[status]);
  });

  test.each<[(typeof registrationStatuses)[number], (typeof registrationEvents)[number], string]>([
    ['approved', 'submit', 'A registration that is approved cannot be submitted again.'],
    ['in_review', 'queue', 'A registration that is in review cannot be queued for review.'],
    ['withdrawn', 'approve', 'A registration that is withdrawn cannot be approved.'],
    ['expired', 'reject', 'A registration that is expired cannot be rejected.'],
    ['rejected', 'withdraw', 'A registration that is rejected cannot be withdrawn.'],
    ['submitted', 'expire', 'A registration that is submitted cannot be expired.'],
    ['withdrawn', 'reopen', 'A registration that is withdrawn cannot be reopened.'],
  ])('that is %s cannot move by the event %s, and the error names both', (from, event, message) => {
    expect(() => move(from, event)).toThrow(AppError);
    expect(() => move(from, event)).toThrow(
      expect.objectContaining({ code: 'conflict', message, detail: { from, event } }),
    );
  });
});

test('a payout has these statuses', () => {
  expect(payoutStatuses).toEqual(['draft', 'submitted', 'approved', 'exported', 'paid', 'returned']);
});
