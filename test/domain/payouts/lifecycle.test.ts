import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import {
  approvalBlockers,
  canMoveBatch,
  moveBatch,
  payoutEvents,
  type ApprovalFacts,
} from '#src/domain/payouts/lifecycle.ts';

describe('a payout batch', () => {
  test('can be exported only after an approval', () => {
    expect(moveBatch(moveBatch(moveBatch('draft', 'submit'), 'approve'), 'export')).toBe('exported');
    expect(() => moveBatch('draft', 'approve')).toThrow('A payout batch that is a draft cannot be approved.');
    expect(() => moveBatch('submitted', 'export')).toThrow(AppError);
  });

  test('can be returned to draft until it is exported, and never afterwards', () => {
    expect(moveBatch('submitted', 'return')).toBe('draft');
    expect(moveBatch('approved', 'return')).toBe('draft');
    expect(payoutEvents.filter((event) => canMoveBatch('exported', event))).toEqual([]);
  });
});

describe('an approval', () => {
  const batch: ApprovalFacts = { createdBy: 'ann', submittedBy: 'bob', editedBy: ['cem'], contentHash: 'a1' };

  test('is possible for a person who did not create, submit or edit the batch', () => {
    expect(approvalBlockers(batch, 'dia')).toEqual([]);
    expect(approvalBlockers({ ...batch, createdBy: null, approvedHash: 'a1' }, 'dia')).toEqual([]);
  });

  test.each([
    ['ann', 'You created this batch'],
    ['bob', 'You submitted this batch'],
    ['cem', 'You edited this batch'],
  ])('is refused for %s: %s', (actor, reason) => {
    expect(approvalBlockers(batch, actor)).toEqual([expect.stringContaining(reason)]);
  });

  test('is refused before the batch is submitted and after its content has changed', () => {
    expect(approvalBlockers({ ...batch, submittedBy: null }, 'dia')).toEqual([
      'This batch has not been submitted for approval.',
    ]);
    expect(approvalBlockers({ ...batch, approvedHash: 'b2' }, 'dia')).toEqual([
      expect.stringContaining('has changed'),
    ]);
  });
});
