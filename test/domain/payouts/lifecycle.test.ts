import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import {
  approvalBlockers,
  canMoveBatch,
  moveBatch,
  payoutEvents,
  type ApprovalFacts,
} from '#src/domain/payouts/lifecycle.ts';

const statuses = ['draft', 'submitted', 'approved', 'exported'] as const;
/** Every status → the events that are allowed and the status after them. */
const allowed: Readonly<Record<(typeof statuses)[number], Readonly<Record<string, string>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'approved', return: 'draft' },
  approved: { return: 'draft', export: 'exported' },
  exported: {},
};

describe('a payout batch', () => {
  test.each(statuses)('that is %s moves only where the table allows it', (status) => {
    expect(payoutEvents).toEqual(['submit', 'approve', 'return', 'export']);
    const moved = payoutEvents
      .filter((event) => canMoveBatch(status, event))
      .map((event) => [event, moveBatch(status, event)]);
    expect(Object.fromEntries(moved)).toEqual(allowed[status]);
  });

  test.each<[(typeof statuses)[number], (typeof payoutEvents)[number], string]>([
    ['exported', 'submit', 'A payout batch that is exported cannot be submitted for approval.'],
    ['draft', 'approve', 'A payout batch that is a draft cannot be approved.'],
    ['draft', 'return', 'A payout batch that is a draft cannot be returned to draft.'],
    ['submitted', 'export', 'A payout batch that is submitted cannot be exported.'],
  ])('that is %s cannot move by the event %s, and the error names both', (from, event, message) => {
    expect(() => moveBatch(from, event)).toThrow(AppError);
    expect(() => moveBatch(from, event)).toThrow(
      expect.objectContaining({ code: 'conflict', message, detail: { from, event } }),
    );
  });
});

describe('an approval', () => {
  const batch: ApprovalFacts = { createdBy: 'ann', submittedBy: 'bob', editedBy: ['cem'], contentHash: 'a1' };

  test('is possible for a person who did not create, submit or edit the batch', () => {
    expect(approvalBlockers(batch, 'dia')).toEqual([]);
    expect(approvalBlockers({ ...batch, createdBy: null, approvedHash: 'a1' }, 'dia')).toEqual([]);
  });

  test.each([
    ['ann', 'You created this batch; another person must approve it.'],
    ['bob', 'You submitted this batch; another person must approve it.'],
    ['cem', 'You edited this batch; another person must approve it.'],
  ])('is refused for %s: %s', (actor, reason) => {
    expect(approvalBlockers(batch, actor)).toEqual([reason]);
  });

  test('is refused before the batch is submitted and after its content has changed', () => {
    expect(approvalBlockers({ ...batch, submittedBy: null }, 'dia')).toEqual([
      'This batch has not been submitted for approval.',
    ]);
    expect(approvalBlockers({ ...batch, approvedHash: 'b2' }, 'dia')).toEqual([
      'This batch has changed since you opened it. Review it again before you approve it.',
    ]);
    expect(approvalBlockers({ ...batch, approvedHash: null }, 'dia')).toEqual([]);
  });

  test('lists every reason against one person, in a fixed order', () => {
    const mine = {
      createdBy: 'ann',
      submittedBy: 'ann',
      editedBy: ['ann'],
      contentHash: 'a1',
      approvedHash: 'b2',
    };
    expect(approvalBlockers(mine, 'ann').map((reason) => reason.split(' ').slice(0, 2).join(' '))).toEqual([
      'You submitted',
      'You created',
      'You edited',
      'This batch',
    ]);
  });
});
