import { openProgramDraft, programDraftsById, type ProgramDraft } from '#src/db/program/draft-store.ts';
import { latestProgram, listPrograms, type ProgramVersion } from '#src/db/program/program-store.ts';
import { findApprovalBlocker } from '#src/db/people/approval-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { checkProgramText } from '#src/operations/program/check-text.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { showAutomaticApproval } from '#src/operations/registrations/automatic/stop-automatic-approval.ts';
import { programShown } from '#src/operations/program/program-shown.ts';
import { blockerSentence } from '#src/operations/people/second-person.ts';
import { may } from '#src/http/permissions.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { ProgramPage } from './schema.ts';

/** The versions, newest first, and the draft with what its approver must see. */
export async function programPageAnswer(deps: Deps, person: Person): Promise<ProgramPage> {
  const current = await currentProgram(deps);
  const versions = (await listPrograms(deps.db)).toReversed();
  const drafts = await programDraftsById(
    deps.db,
    versions.flatMap(({ draftId }) => draftId ?? []),
  );
  const open = await openProgramDraft(deps.db);
  const named = [...drafts, ...(open ? [open] : [])].flatMap((one) => [one.submittedBy, one.updatedBy]);
  const ids = [...named, ...versions.map(({ approvedBy }) => approvedBy)].filter((id) => id !== null);
  const names = await personNames(deps.db, [...new Set(ids)]);
  const nameOf = (id: string | null | undefined) => (id ? (names.get(id) ?? 'A former user') : null);
  return {
    inForce: current.version,
    latest: versions[0]?.version ?? current.version,
    versions: versions.map((one) => ({
      ...shownVersion(one),
      submittedBy: nameOf(drafts.find(({ id }) => id === one.draftId)?.submittedBy),
      approvedBy: nameOf(one.approvedBy),
    })),
    open: open ? await openAnswer(deps, open, person, nameOf) : null,
    automaticApproval: await showAutomaticApproval(deps),
  };
}

function shownVersion({ version, name, hash, publishedAt, effectiveFrom, effectiveOn }: ProgramVersion) {
  return { version, name, hash, publishedAt, effectiveFrom, effectiveOn };
}

async function openAnswer(
  deps: Deps,
  open: ProgramDraft,
  person: Person,
  nameOf: (id: string | null) => string | null,
): Promise<ProgramPage['open']> {
  const { id, status, text, revision, basedOn, note, effectiveOn, updatedAt } = open;
  const latest = await latestProgram(deps.db);
  const { problems, changes } = await checkProgramText(deps, text);
  return {
    ...{ id, status, text, revision, basedOn, note, effectiveOn, updatedAt },
    updatedBy: nameOf(open.updatedBy),
    submittedBy: nameOf(open.submittedBy),
    problems: [...problems],
    changes: [...changes],
    shown: latest === null ? {} : { ...programShown(open, latest) },
    blocker: await blockerOf(deps, open, person),
  };
}

async function blockerOf(deps: Deps, open: ProgramDraft, person: Person): Promise<string | null> {
  if (open.status !== 'submitted') return 'It has not been submitted yet.';
  if (!may(person.role, 'approve_programs')) return `Your role (${person.role}) does not approve programmes.`;
  const makerIds = [...open.editors, open.createdBy, open.submittedBy];
  const question = { approverId: person.id, makerIds, at: deps.clock() };
  const blocker = await findApprovalBlocker(deps.db, question);
  return blocker === null ? null : blockerSentence(deps.db, blocker, person.id);
}
