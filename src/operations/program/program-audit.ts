import type { ProgramDraft } from '#src/db/program/draft-store.ts';
import type { AuditEntry } from '#src/db/people/audit-store.ts';

export interface ProgramAct {
  readonly what: 'drafted' | 'draft_saved' | 'draft_discarded' | 'submitted' | 'approved' | 'rejected';
  readonly draft: ProgramDraft;
  readonly personId: string;
  readonly reason?: string | null;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The audit entry for one step of a programme. Its subject is the draft. */
export function programAct({ what, draft, personId, reason = null, more = {} }: ProgramAct): AuditEntry {
  const { id, status, revision, hash, basedOn } = draft;
  return {
    actorId: personId,
    action: `program.${what}`,
    subjectKind: 'program',
    subjectId: id,
    before: { version: basedOn },
    after: { status, revision, hash, ...more },
    reason,
  };
}
