import type { PayoutStatus } from '#src/domain/status.ts';
import { AppError } from '#src/domain/errors.ts';

export type BatchStatus = Extract<PayoutStatus, 'draft' | 'submitted' | 'approved' | 'exported'>;

export const payoutEvents = ['submit', 'approve', 'return', 'export'] as const;
export type PayoutEvent = (typeof payoutEvents)[number];

/**
 * All allowed status changes of a payout batch. Only a draft can be edited. To edit a batch in another
 * status, return it to draft first; that cancels the approval.
 */
const moves: Readonly<Record<BatchStatus, Partial<Readonly<Record<PayoutEvent, BatchStatus>>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'approved', return: 'draft' },
  approved: { export: 'exported', return: 'draft' },
  exported: {},
};

const eventWords: Readonly<Record<PayoutEvent, string>> = {
  submit: 'submitted for approval',
  approve: 'approved',
  return: 'returned to draft',
  export: 'exported',
};

export function canMoveBatch(from: BatchStatus, event: PayoutEvent): boolean {
  return moves[from][event] !== undefined;
}

/**
 * The status after an event.
 *
 * @throws AppError `conflict` if the event is not allowed in that status
 */
export function moveBatch(from: BatchStatus, event: PayoutEvent): BatchStatus {
  const to = moves[from][event];
  if (to === undefined) {
    const status = from === 'draft' ? 'a draft' : from;
    throw new AppError('conflict', `A payout batch that is ${status} cannot be ${eventWords[event]}.`, {
      from,
      event,
    });
  }
  return to;
}

export interface ApprovalFacts {
  /** Null if Fairway drafted it. */
  readonly createdBy: string | null;
  readonly submittedBy: string | null;
  readonly editedBy: readonly string[];
  readonly contentHash: string;
  /** The hash of the content that the approver saw. Absent: the current content. */
  readonly approvedHash?: string | null;
}

/**
 * The reasons why this person cannot approve the batch, one sentence each. Two people must agree to pay
 * money.
 */
export function approvalBlockers(batch: ApprovalFacts, actor: string): string[] {
  const blockers: string[] = [];
  if (batch.submittedBy === null) blockers.push('This batch has not been submitted for approval.');
  if (batch.submittedBy === actor) blockers.push('You submitted this batch; another person must approve it.');
  if (batch.createdBy === actor) blockers.push('You created this batch; another person must approve it.');
  if (batch.editedBy.includes(actor)) blockers.push('You edited this batch; another person must approve it.');
  if ((batch.approvedHash ?? batch.contentHash) !== batch.contentHash) {
    blockers.push('This batch has changed since you opened it. Review it again before you approve it.');
  }
  return blockers;
}
