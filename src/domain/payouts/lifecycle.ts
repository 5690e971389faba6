import type { PayoutStatus } from '#src/domain/status.ts';
import { AppError } from '#src/domain/errors.ts';

export type BatchStatus = Extract<PayoutStatus, 'draft' | 'submitted' | 'approved' | 'exported'>;

export const payoutEvents = ['submit', 'approve', 'return', 'export'] as const;
export type PayoutEvent = (typeof payoutEvents)[number];

/**
 * Every legal move of a payout batch. Only a draft is edited; whoever wants to change more returns it first,
 * which voids the approval.
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

/** The status after an event. Throws `conflict` when the event cannot happen to a batch in that status. */
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
  /** Null when Fairway drafted it. */
  readonly createdBy: string | null;
  readonly submittedBy: string | null;
  readonly editedBy: readonly string[];
  readonly contentHash: string;
  /** The content the approver saw; left out when they have seen nothing older. */
  readonly approvedHash?: string | null;
}

/**
 * Why this person cannot approve this batch, one sentence each; empty when they can. Two people answer for
 * money.
 */
export function approvalBlockers(batch: ApprovalFacts, actor: string): string[] {
  const blockers: string[] = [];
  if (batch.submittedBy === null) blockers.push('This batch has not been submitted for approval.');
  if (batch.submittedBy === actor)
    blockers.push('You submitted this batch; somebody else has to approve it.');
  if (batch.createdBy === actor) blockers.push('You created this batch; somebody else has to approve it.');
  if (batch.editedBy.includes(actor))
    blockers.push('You edited this batch; somebody else has to approve it.');
  if ((batch.approvedHash ?? batch.contentHash) !== batch.contentHash) {
    blockers.push('This batch has changed since you looked at it. Read it again before you approve it.');
  }
  return blockers;
}
