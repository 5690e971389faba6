import { AppError } from '#src/domain/errors.ts';

export const programDraftStatuses = ['draft', 'submitted', 'published', 'rejected'] as const;
export type ProgramDraftStatus = (typeof programDraftStatuses)[number];

type Event = 'submit' | 'approve' | 'reject';

/** All allowed changes. A draft never returns to an earlier status; further changes need a new draft. */
const moves: Readonly<Record<ProgramDraftStatus, Partial<Readonly<Record<Event, ProgramDraftStatus>>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'published', reject: 'rejected' },
  published: {},
  rejected: {},
};

/** @throws AppError `conflict` if the event is not allowed in that status */
export function moveProgramDraft(from: ProgramDraftStatus, event: Event): ProgramDraftStatus {
  const to = moves[from][event];
  if (to !== undefined) return to;
  const words = { submit: 'submitted for approval', approve: 'approved', reject: 'rejected' } as const;
  throw new AppError('conflict', `A programme that is ${from} cannot be ${words[event]}.`, { from, event });
}
