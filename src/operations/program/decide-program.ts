import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { lockProgramDraft, moveDraft, type ProgramDraft } from '#src/db/program/draft-store.ts';
import { insertProgram, latestProgram, type ProgramVersion } from '#src/db/program/program-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { protectionZoneOf } from '#src/domain/program/document/lifecycle-programme.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { moveProgramDraft } from '#src/domain/program/draft-status.ts';
import { dayAt, startOfDay } from '#src/domain/registrations/lifecycle/dates.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';
import { refuseProgramProblems } from './check-draft.ts';
import { programAct } from './program-audit.ts';
import { programShown } from './program-shown.ts';
import { storedProgram } from './stored-program.ts';
import { refuseOutdated } from './submit-program.ts';

export interface DecideProgramInput {
  /** The draft that the person has seen. */
  readonly draftId: string;
  /** The content on the person's page; only programs leave it out. */
  readonly shown?: ShownContent | undefined;
  readonly personId: string;
}

export interface PublishedProgram {
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly effectiveOn: string;
}

/**
 * Publishes the submitted programme as the next version. The people who worked on it, and those tied to them, cannot
 * approve it; the database guarantees this too. It begins on its day, or now if that day has begun.
 *
 * @throws AppError `not_allowed` to its authors; `conflict` when it was decided already, a test fails, another
 * version was approved since it was begun, or it would begin before that version
 */
export async function approveProgram(
  deps: Deps,
  { draftId, shown, personId }: DecideProgramInput,
): Promise<PublishedProgram> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const waiting = await waitingProgram(tx, draftId);
    const document = refuseProgramProblems(waiting);
    const latest = await requireLatest(tx);
    refuseOutdated(waiting, latest.version);
    refuseUnseen(shown, programShown(waiting, latest));
    const makerIds = [...waiting.editors, waiting.createdBy, waiting.submittedBy];
    await requireSecondPerson(tx, { approverId: personId, makerIds, at });
    const beginning = beginningOf(document, waiting.effectiveOn, latest, at);
    const status = moveProgramDraft(waiting.status, 'approve');
    const published = await moveDraft(tx, waiting.id, { status, decidedBy: personId, decidedAt: at });
    const version = latest.version + 1;
    await insertProgram(tx, {
      version,
      name: document.name,
      body: document,
      hash: published.hash ?? '',
      publishedAt: at,
      ...beginning,
      draftId: published.id,
      approvedBy: personId,
    });
    const changes = programChanges(storedProgram(latest).document, document).map(({ sentence }) => sentence);
    const more = { version, ...beginning, submittedBy: waiting.submittedBy, changes };
    await audit(tx, [programAct({ what: 'approved', draft: published, personId, more: asJson(more) })], at);
    return { version, ...beginning };
  });
}

/** Rejects the submitted programme; its author withdraws it the same way. */
export async function rejectProgram(
  deps: Deps,
  { draftId, shown, personId, reason }: DecideProgramInput & { readonly reason: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const waiting = await waitingProgram(tx, draftId);
    refuseUnseen(shown, programShown(waiting, await requireLatest(tx)));
    const rejected = await moveDraft(tx, waiting.id, {
      status: moveProgramDraft(waiting.status, 'reject'),
      decidedBy: personId,
      decidedAt: at,
      decisionReason: reason,
    });
    await audit(tx, [programAct({ what: 'rejected', draft: rejected, personId, reason })], at);
  });
}

async function waitingProgram(tx: Db, draftId: string): Promise<ProgramDraft> {
  const open = await lockProgramDraft(tx);
  if (open?.id === draftId && open.status === 'submitted') return open;
  throw new AppError(
    'conflict',
    'This programme is no longer waiting for approval: somebody has already decided on it.',
  );
}

async function requireLatest(tx: Db): Promise<ProgramVersion> {
  const latest = await latestProgram(tx);
  if (latest === null) throw new AppError('internal', 'There is no version of the programme.');
  return latest;
}

function beginningOf(
  document: ProgramDocument,
  effectiveOn: string | null,
  latest: ProgramVersion,
  at: Date,
): Pick<PublishedProgram, 'effectiveFrom' | 'effectiveOn'> {
  const zoned = { protectionZone: protectionZoneOf(document) };
  const start = effectiveOn === null ? 0 : startOfDay(zoned, effectiveOn) * 1000;
  const effectiveFrom = new Date(Math.max(start, at.getTime()));
  if (latest.effectiveFrom !== null && effectiveFrom < latest.effectiveFrom)
    throw new AppError(
      'conflict',
      `Version ${latest.version} begins on ${latest.effectiveOn ?? ''}, and a later version cannot begin before it. Reject this one and submit it with that day or a later one.`,
    );
  return { effectiveFrom, effectiveOn: dayAt(zoned, Math.floor(effectiveFrom.getTime() / 1000)) };
}

function asJson(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(more)) as Readonly<Record<string, unknown>>;
}
