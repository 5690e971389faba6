import { audit } from '#src/db/people/audit-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Db } from '#src/db/client.ts';
import {
  addProgramDraft,
  deleteProgramDraft,
  lockProgramDraft,
  openProgramDraft,
  saveProgramText,
  type ProgramDraft,
  type ProgramText,
} from '#src/db/program/draft-store.ts';
import { latestProgram } from '#src/db/program/program-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { programHash } from '#src/domain/program/document/document.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';
import { currentProgram } from './current-program.ts';
import { programAct } from './program-audit.ts';

/**
 * Begins a draft of the programme. There is at most one draft.
 *
 * @throws AppError `conflict` naming the person who has the open draft
 */
export async function draftProgram(
  deps: Deps,
  { text, personId }: { readonly text: string; readonly personId: string },
): Promise<ProgramDraft> {
  const current = await currentProgram(deps);
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const added = await addProgramDraft(tx, {
      id: deps.ids(),
      ...textValues(text),
      basedOn: (await latestProgram(tx))?.version ?? current.version,
      status: 'draft',
      editors: [personId],
      createdBy: personId,
      createdAt: at,
      updatedBy: personId,
      updatedAt: at,
    });
    if (added === null) throw await alreadyOpen(tx);
    await audit(tx, [programAct({ what: 'drafted', draft: added, personId })], at);
    return added;
  });
}

/**
 * Saves a draft, even one with problems.
 *
 * @throws AppError `conflict` naming the person who has saved it since, `not_found` when there is no draft
 */
export async function saveProgramDraft(
  deps: Deps,
  {
    text,
    revision,
    personId,
  }: { readonly text: string; readonly revision: number; readonly personId: string },
): Promise<ProgramDraft> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const draft = await editableDraft(tx, revision);
    const change: ProgramText = { ...textValues(text), updatedBy: personId, updatedAt: at };
    const saved = await saveProgramText(tx, draft, change);
    if (saved === null) throw new AppError('conflict', 'This draft was saved or submitted meanwhile.');
    await audit(tx, [programAct({ what: 'draft_saved', draft: saved, personId })], at);
    return saved;
  });
}

/** Deletes a draft. @throws AppError `conflict` and `not_found` as for saving */
export async function discardProgramDraft(
  deps: Deps,
  { revision, personId }: { readonly revision: number; readonly personId: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const draft = await editableDraft(tx, revision);
    await deleteProgramDraft(tx, draft.id);
    await audit(tx, [programAct({ what: 'draft_discarded', draft, personId })], deps.clock());
  });
}

/** Locks the draft and checks that it is still the revision that the person has seen. */
export async function editableDraft(tx: Db, revision: number): Promise<ProgramDraft> {
  const draft = await lockProgramDraft(tx);
  if (draft === null)
    throw new AppError('not_found', 'There is no draft. It was discarded, approved or rejected meanwhile.');
  if (draft.status !== 'draft')
    throw new AppError(
      'conflict',
      `${await nameOf(tx, draft.submittedBy)} has submitted this programme, so it can no longer be changed.`,
    );
  if (draft.revision === revision) return draft;
  throw new AppError(
    'conflict',
    `${await nameOf(tx, draft.updatedBy)} saved this draft at ${utcMinute(draft.updatedAt)} UTC, after you opened it. Open it again and make your change there.`,
    { field: 'revision', revision: draft.revision },
  );
}

function textValues(text: string): Pick<ProgramDraft, 'text' | 'document' | 'hash'> {
  const { document } = checkProgram(text);
  return { text, document, hash: document === null ? null : programHash(document) };
}

async function alreadyOpen(tx: Db): Promise<AppError> {
  const open = await openProgramDraft(tx);
  const isWaiting = open?.status === 'submitted';
  const who = await nameOf(tx, (isWaiting ? open.submittedBy : open?.updatedBy) ?? null);
  return new AppError(
    'conflict',
    isWaiting
      ? `The programme that ${who} has submitted waits for approval. It must be approved or rejected first.`
      : `${who} is editing a draft of the programme. Continue that draft, or discard it first.`,
  );
}

async function nameOf(db: Db, personId: string | null): Promise<string> {
  const name = personId === null ? undefined : (await personNames(db, [personId])).get(personId);
  return name ?? 'A former user';
}
