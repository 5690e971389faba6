import { openProgramDraft } from '#src/db/program/draft-store.ts';
import { latestProgram } from '#src/db/program/program-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireChecked } from '#src/domain/program/document/check.ts';
import { programHash } from '#src/domain/program/document/document.ts';
import { currentProgram } from './current-program.ts';
import { rejectProgram } from './decide-program.ts';
import { discardProgramDraft, draftProgram, saveProgramDraft } from './draft-program.ts';
import { storedProgram } from './stored-program.ts';
import { submitProgram, type SubmitProgramInput } from './submit-program.ts';

export interface ImportProgramInput extends Omit<SubmitProgramInput, 'revision'> {
  readonly text: string;
}

export type ImportedProgram =
  /** The latest version is the same already. */
  | { readonly did: 'nothing'; readonly version: number }
  /** The same programme was submitted before and waits for approval. */
  | { readonly did: 'waits'; readonly draftId: string }
  | { readonly did: 'submitted'; readonly draftId: string };

/**
 * Submits a programme from a file for approval. It replaces an open draft of the same person, but not one of
 * somebody else.
 *
 * @throws AppError `bad_request` naming every problem; `conflict` when a test fails or somebody else has a draft
 */
export async function importProgram(
  deps: Deps,
  { text, ...submission }: ImportProgramInput,
): Promise<ImportedProgram> {
  const { personId, effectiveOn } = submission;
  const hash = programHash(requireChecked(text));
  await currentProgram(deps);
  const latest = await latestProgram(deps.db);
  if (latest !== null && programHash(storedProgram(latest).document) === hash)
    return { did: 'nothing', version: latest.version };
  const open = await openProgramDraft(deps.db);
  const isSame = open?.hash === hash && open.basedOn === latest?.version && open.effectiveOn === effectiveOn;
  if (open?.status === 'submitted' && isSame) return { did: 'waits', draftId: open.id };
  const { id, revision } = await draftFor(deps, open, text, personId);
  await submitProgram(deps, { ...submission, revision });
  return { did: 'submitted', draftId: id };
}

async function draftFor(
  deps: Deps,
  open: Awaited<ReturnType<typeof openProgramDraft>>,
  text: string,
  personId: string,
): ReturnType<typeof draftProgram> {
  if (open === null) return draftProgram(deps, { text, personId });
  const isTheirs = open.editors.every((editor) => editor === personId) || open.submittedBy === personId;
  if (!isTheirs)
    throw new AppError(
      'conflict',
      'Somebody else has a draft of the programme open. It must be approved, rejected or discarded first.',
    );
  if (open.status === 'draft' && open.basedOn === (await latestProgram(deps.db))?.version)
    return saveProgramDraft(deps, { text, revision: open.revision, personId });
  if (open.status === 'submitted')
    await rejectProgram(deps, { draftId: open.id, personId, reason: 'Replaced by a changed file.' });
  else await discardProgramDraft(deps, { revision: open.revision, personId });
  return draftProgram(deps, { text, personId });
}
