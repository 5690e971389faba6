import { audit } from '#src/db/people/audit-store.ts';
import { moveDraft, type ProgramDraft } from '#src/db/program/draft-store.ts';
import { latestProgram } from '#src/db/program/program-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { moveProgramDraft } from '#src/domain/program/draft-status.ts';
import { refuseProgramProblems } from './check-draft.ts';
import { editableDraft } from './draft-program.ts';
import { programAct } from './program-audit.ts';

export interface SubmitProgramInput {
  /** The revision of the draft that the person has seen. */
  readonly revision: number;
  /** Explains the change to the approver. */
  readonly note: string | null;
  /** The first day on which it is in force, `YYYY-MM-DD`. Null: from the approval on. */
  readonly effectiveOn: string | null;
  readonly personId: string;
  /** Further authors, outside the console. They cannot approve the programme either. */
  readonly authorIds?: readonly string[];
}

/**
 * Submits a draft for approval. A submitted programme can no longer be changed.
 *
 * @throws AppError `conflict` when it has problems, a test fails, it was saved by somebody else meanwhile, or
 * another version was approved since it was begun
 */
export async function submitProgram(deps: Deps, input: SubmitProgramInput): Promise<ProgramDraft> {
  const { revision, note, effectiveOn, personId, authorIds = [] } = input;
  return deps.db.transaction(async (tx) => {
    const draft = await editableDraft(tx, revision);
    refuseProgramProblems(draft);
    refuseOutdated(draft, (await latestProgram(tx))?.version ?? 0);
    const at = deps.clock();
    const submitted = await moveDraft(tx, draft.id, {
      status: moveProgramDraft(draft.status, 'submit'),
      note,
      effectiveOn,
      submittedBy: personId,
      submittedAt: at,
      editors: [...new Set([...draft.editors, personId, ...authorIds])],
    });
    await audit(
      tx,
      [programAct({ what: 'submitted', draft: submitted, personId, reason: note, more: { effectiveOn } })],
      at,
    );
    return submitted;
  });
}

/** Prevents a draft from undoing a version that was approved after it was begun. */
export function refuseOutdated({ basedOn }: Pick<ProgramDraft, 'basedOn'>, latest: number): void {
  if (basedOn === latest) return;
  throw new AppError(
    'conflict',
    `Version ${latest} was approved after this draft was begun from version ${basedOn}. Begin a new draft from version ${latest} and make the change there.`,
    { basedOn, latest },
  );
}
