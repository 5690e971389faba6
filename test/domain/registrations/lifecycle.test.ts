import { describe, expect, test } from 'vitest';
import { registrationStatuses } from '#src/domain/status.ts';
import { AppError } from '#src/domain/errors.ts';
import { canMove, move, registrationEvents } from '#src/domain/registrations/lifecycle.ts';

describe('a registration', () => {
  test('is decided at once or after a review', () => {
    expect(move('submitted', 'approve')).toBe('approved');
    expect(move('submitted', 'reject')).toBe('rejected');
    expect(move(move('submitted', 'queue'), 'approve')).toBe('approved');
  });

  test('can be submitted again after it was rejected, expired or withdrawn', () => {
    for (const status of ['rejected', 'expired', 'withdrawn'] as const)
      expect(move(status, 'submit')).toBe('submitted');
  });

  test('can be reopened after any answer', () => {
    for (const status of ['approved', 'rejected', 'expired'] as const)
      expect(move(status, 'reopen')).toBe('in_review');
  });

  test('expires only when it is approved', () => {
    expect(registrationStatuses.filter((status) => canMove(status, 'expire'))).toEqual(['approved']);
  });

  test('that cannot move throws an error with its status and the event', () => {
    expect(() => move('withdrawn', 'approve')).toThrow(
      'A registration that is withdrawn cannot be approved.',
    );
    expect(() => move('in_review', 'queue')).toThrow(AppError);
  });

  test('moves exactly where `canMove` allows it', () => {
    for (const status of registrationStatuses) {
      for (const event of registrationEvents) {
        if (canMove(status, event)) expect(registrationStatuses).toContain(move(status, event));
        else expect(() => move(status, event)).toThrow(AppError);
      }
    }
  });
});
