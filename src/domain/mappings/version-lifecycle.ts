import { AppError } from '#src/domain/errors.ts';

export const mappingStatuses = ['draft', 'submitted', 'live', 'retired', 'rejected'] as const;
export type MappingStatus = (typeof mappingStatuses)[number];

export const mappingEvents = ['submit', 'approve', 'reject', 'retire'] as const;
export type MappingEvent = (typeof mappingEvents)[number];

/**
 * Every legal move of a mapping version; the database holds the same line. Nothing returns to draft: who
 * wants to change more begins another.
 */
const moves: Readonly<Record<MappingStatus, Partial<Readonly<Record<MappingEvent, MappingStatus>>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'live', reject: 'rejected' },
  live: { retire: 'retired' },
  retired: {},
  rejected: {},
};

const eventWords: Readonly<Record<MappingEvent, string>> = {
  submit: 'handed in for approval',
  approve: 'approved',
  reject: 'rejected',
  retire: 'retired',
};

/** The status after an event. Throws `conflict` when the event cannot happen to a version in that status. */
export function moveMapping(from: MappingStatus, event: MappingEvent): MappingStatus {
  const to = moves[from][event];
  if (to !== undefined) return to;
  const status = from === 'draft' ? 'a draft' : from;
  throw new AppError('conflict', `A mapping version that is ${status} cannot be ${eventWords[event]}.`, {
    from,
    event,
  });
}

export interface MappingAuthors {
  readonly submittedBy: string | null;
  /** Everybody who had a hand in it. */
  readonly editors: readonly string[];
}

/**
 * Why this person cannot approve this version, in one sentence; null when they can. A mapping decides what is
 * written to every record.
 */
export function approvalBlocker({ submittedBy, editors }: MappingAuthors, personId: string): string | null {
  if (submittedBy === personId) return 'You handed this mapping in; somebody else has to approve it.';
  return editors.includes(personId) ? 'You worked on this mapping; somebody else has to approve it.' : null;
}
