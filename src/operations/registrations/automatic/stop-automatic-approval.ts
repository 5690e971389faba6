import type { Db } from '#src/db/client.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  insertAutomaticStop,
  latestAutomaticApprovals,
  lockAutomaticStop,
  openAutomaticStop,
  resumeAutomaticStop,
} from '#src/db/program/automatic-stop-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { exceedsLimit } from '#src/domain/registrations/programme/automatic-approval.ts';
import type { AutomaticStop } from '#src/domain/registrations/registration.ts';
import { raiseGeneralAlert } from '#src/operations/alerts/raise-alert.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

/** The move of an event with the state before and after it. */
export interface MovedRegistration {
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

/** The stop in force. Undefined when the programme sets no limit, or automatic approval has not stopped. */
export async function automaticStopIn(
  tx: Db,
  { approval }: Pick<ProgramDocument, 'approval'>,
): Promise<AutomaticStop | undefined> {
  if (approval.automatic.stopWhenOverturned === null) return undefined;
  const stop = await openAutomaticStop(tx);
  if (stop === null) return undefined;
  const { stoppedAt, overturned, decided } = stop;
  return { since: stoppedAt.toISOString().slice(0, 10), overturned, decided };
}

/** The setting in force with the share that was overturned, for the people who run the programme. */
export async function showAutomaticApproval({ db, clock }: Pick<Deps, 'db' | 'clock'>) {
  const { document } = await currentProgram({ db, clock });
  const { enabled, stopWhenOverturned: limit } = document.approval.automatic;
  const stop = await automaticStopIn(db, document);
  const measured = limit === null ? null : await latestAutomaticApprovals(db, limit.ofLast);
  return { enabled, limit, measured, stop: stop ?? null };
}

/**
 * Stops automatic approval when these moves bring the share of overturned ones above the limit of the programme. Call it
 * in the transaction of the moves, after they are stored.
 */
export async function stopAutomaticApproval(
  deps: Deps,
  tx: Db,
  moves: readonly MovedRegistration[],
  at: Date,
): Promise<void> {
  if (!moves.some(changesTheShare)) return;
  const { document, version } = await currentProgram({ ...deps, db: tx });
  const limit = document.approval.automatic.stopWhenOverturned;
  if (limit === null) return;
  await lockAutomaticStop(tx);
  if ((await openAutomaticStop(tx)) !== null) return;
  const measured = await latestAutomaticApprovals(tx, limit.ofLast);
  if (!exceedsLimit(measured, limit)) return;
  const { overturned, decided } = measured;
  const id = deps.ids();
  await insertAutomaticStop(tx, { id, stoppedAt: at, programVersion: version, overturned, decided });
  const after = { overturned, decided, limitPercent: limit.percent };
  const entry = { actorId: null, action: 'program.automatic_approval_stopped', ...subject(id), before: null };
  await audit(tx, [{ ...entry, after, reason: null }], at);
  const message = `Automatic approval has stopped: ${overturned} of the last ${decided} automatic approvals were overturned, and the programme allows ${limit.percent} %. Registrations without a conflict wait for a person until an admin switches it on again.`;
  await raiseGeneralAlert(deps, tx, { state: 'automatic_approval', message });
}

/** An approval by the rules, or a move that may take one back. */
function changesTheShare({ before, after }: MovedRegistration): boolean {
  if (after['state'] === 'superseded') return true;
  const isApproved = (content: MovedRegistration['before']) => content?.['state'] === 'approved';
  return isApproved(before) !== isApproved(after) && (isApproved(before) || after['lastDecider'] === null);
}

export interface ResumeInput {
  readonly personId: string;
  readonly reason: string;
}

/**
 * Switches automatic approval on again. Approvals from before do not count any more. Registrations that wait in the
 * meantime are decided by people, unless they have no lifecycle: the next run decides those.
 *
 * @throws AppError `conflict` when it has not stopped
 */
export async function resumeAutomaticApproval(deps: Deps, { personId, reason }: ResumeInput): Promise<void> {
  const at = deps.clock();
  await deps.db.transaction(async (tx) => {
    await lockAutomaticStop(tx);
    const stop = await resumeAutomaticStop(tx, { at, by: personId });
    if (stop === null)
      throw new AppError('conflict', 'Automatic approval has not stopped, so there is nothing to switch on.');
    const { id, stoppedAt, overturned, decided } = stop;
    const before = { stoppedAt: stoppedAt.toISOString(), overturned, decided };
    const entry = { actorId: personId, action: 'program.automatic_approval_resumed', ...subject(id) };
    await audit(tx, [{ ...entry, before, after: null, reason }], at);
  });
}

const subject = (subjectId: string) => ({ subjectKind: 'program', subjectId }) as const;
