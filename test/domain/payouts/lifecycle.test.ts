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
  test('goes from draft to exported by way of an approval, and no other way', () => {
    expect(moveBatch(moveBatch(moveBatch('draft', 'submit'), 'approve'), 'export')).toBe('exported');
    expect(() => moveBatch('draft', 'approve')).toThrow('A payout batch that is a draft cannot be approved.');
    expect(() => moveBatch('submitted', 'export')).toThrow(AppError);
  });

  test('can be returned to draft until it is exported, and never changes after that', () => {
    expect(moveBatch('submitted', 'return')).toBe('draft');
    expect(moveBatch('approved', 'return')).toBe('draft');
    expect(payoutEvents.filter((event) => canMoveBatch('exported', event))).toEqual([]);
  });
});

describe('an approval', () => {
  const batch: ApprovalFacts = { createdBy: 'ann', submittedBy: 'bob', editedBy: ['cem'], contentHash: 'a1' };

  test('is given by somebody who had no hand in the batch', () => {
    expect(approvalBlockers(batch, 'dia')).toEqual([]);
    expect(approvalBlockers({ ...batch, createdBy: null, approvedHash: 'a1' }, 'dia')).toEqual([]);
  });

  test.each([
    ['ann', 'You created this batch'],
    ['bob', 'You submitted this batch'],
    ['cem', 'You edited this batch'],
  ])('is not given by %s: %s', (actor, reason) => {
    expect(approvalBlockers(batch, actor)).toEqual([expect.stringContaining(reason)]);
  });

  test('is not given before the batch is submitted, or for content that has changed', () => {
    expect(approvalBlockers({ ...batch, submittedBy: null }, 'dia')).toEqual([
      'This batch has not been submitted for approval.',
    ]);
    expect(approvalBlockers({ ...batch, approvedHash: 'b2' }, 'dia')).toEqual([
      expect.stringContaining('has changed'),
    ]);
  });
});
