import { AppError } from '#src/domain/errors.ts';

export const mappingStatuses = ['draft', 'submitted', 'live', 'retired', 'rejected'] as const;
export type MappingStatus = (typeof mappingStatuses)[number];

export const mappingEvents = ['submit', 'approve', 'reject', 'retire'] as const;
export type MappingEvent = (typeof mappingEvents)[number];

/**
 * All allowed status changes of a mapping version. A version never returns to
 * draft; further changes need a new draft.
 */
const moves: Readonly<Record<MappingStatus, Partial<Readonly<Record<MappingEvent, MappingStatus>>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'live', reject: 'rejected' },
  live: { retire: 'retired' },
  retired: {},
  rejected: {},
};

const eventWords: Readonly<Record<MappingEvent, string>> = {
  submit: 'submitted for approval',
  approve: 'approved',
  reject: 'rejected',
  retire: 'retired',
};

/**
 * The status after an event.
 *
 * @throws AppError `conflict` if the event is not allowed in that status
 */
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
  /** All people who edited it. */
  readonly editors: readonly string[];
}

/**
 * The reason why this person cannot approve the version, as one sentence. Null if they can. A second person
 * must approve, because a mapping decides what is written to every record.
 */
export function approvalBlocker({ submittedBy, editors }: MappingAuthors, personId: string): string | null {
  if (submittedBy === personId) return 'You submitted this mapping; another person must approve it.';
  return editors.includes(personId) ? 'You edited this mapping; another person must approve it.' : null;
}
