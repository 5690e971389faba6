import { audit } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { closeCase } from '#src/db/registrations/conflict-case-store.ts';
import {
  findRegistrationToReview,
  lockDecisions,
  saveVerdicts,
  type StoredRegistration,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { addDays } from '#src/domain/period.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { evaluateAfterDecision, roundUnderLock } from './evaluate-registrations.ts';
import { protectionDaysFor } from '#src/operations/program/protection-days.ts';
import { registrationShown } from './registration-shown.ts';
import { approvedTermsOf } from './verdict.ts';
import { decidedEdit, saveDecidedEdit } from './decided-edit.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface ReviewInput {
  readonly registrationId: string;
  readonly decision: 'approve' | 'reject' | 'reopen';
  /** Required to reject: the partner reads it. */
  readonly reason: string;
  readonly personId: string;
  /** The content of the registration on the person's page; only programs leave it out. */
  readonly shown?: ShownContent;
}

/**
 * Stores a person's decision on a registration, and evaluates the waiting registrations that it concerns. A job
 * added in the same transaction writes it to the CRM.
 */
export async function reviewRegistration(
  deps: Deps,
  input: ReviewInput,
): Promise<{ readonly status: string; readonly protectedUntil: string | null }> {
  const { program, document, version } = await currentProgram(deps);
  const at = deps.clock();
  const reason = input.reason.trim();
  if (input.decision === 'reject' && reason === '')
    throw new AppError('bad_request', 'Enter a reason for the rejection. The partner reads it.', {
      field: 'reason',
    });
  const verdict = await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    const registration = await findRegistrationToReview(tx, input.registrationId);
    if (!registration)
      throw new AppError('not_found', 'There is no such registration.', {
        registrationId: input.registrationId,
      });
    await refuseLifecycle(tx, registration.id);
    const found = await findRegistration(tx, registration.id);
    if (found) refuseUnseen(input.shown, registrationShown(found));
    const approved = input.decision === 'approve';
    if (approved) refuseIncomplete(registration);
    const today = at.toISOString().slice(0, 10);
    const decided = decidedEdit(
      registration,
      { ...input, reason },
      { today, engagement: program.engagement },
    );
    const daysOf = await protectionDaysFor(tx, document, [registration]);
    const next: Verdict = {
      id: registration.id,
      status: move(registration.status, input.decision),
      reason: reason || (approved ? 'Approved after review.' : null),
      decidedAt: input.decision === 'reopen' ? null : at,
      decidedBy: input.personId,
      protectedUntil: approved ? addDays(today, daysOf(registration, today)) : null,
      conflictSummary: registration.conflictSummary,
      conflictScore: registration.conflictScore,
      programVersion: version,
      approvedTerms: approved ? approvedTermsOf(registration) : null,
      ...decided?.verdict,
    };
    await saveVerdicts(tx, [next]);
    if (decided) await saveDecidedEdit(tx, registration, decided);
    await closeCase(tx, registration.id, input.decision === 'reopen' ? null : at);
    await evaluateAfterDecision(deps, tx, await roundUnderLock(deps, tx), registration.id);
    await audit(
      tx,
      [
        {
          actorId: input.personId,
          action: decided?.action ?? `registration.${input.decision === 'reopen' ? 'reopened' : next.status}`,
          subjectKind: 'registration',
          subjectId: registration.id,
          before: { status: registration.status, protectedUntil: registration.protectedUntil },
          after: { status: next.status, protectedUntil: next.protectedUntil },
          // The reason for the partner may quote the edited values, which must not be in the audit trail.
          reason: decided ? reason || null : next.reason,
        },
      ],
      at,
    );
    await addJobs(
      tx,
      [
        {
          id: deps.ids(),
          runId: null,
          stage: null,
          name: 'write-back',
          payload: { registrationIds: [registration.id], payoutBatchIds: [] },
        },
      ],
      at,
    );
    return next;
  });
  await relaySoon(deps);
  return { status: verdict.status, protectedUntil: verdict.protectedUntil };
}

/** @throws AppError `conflict` for a registration that its lifecycle decides */
async function refuseLifecycle(tx: Db, id: string): Promise<void> {
  if ((await findLifecycle(tx, id)) === null) return;
  throw new AppError('conflict', 'This registration is decided by the steps of its programme.', { id });
}

/** @throws AppError `conflict` while the partner has not given what was asked for */
function refuseIncomplete({ status, reason }: StoredRegistration): void {
  if (status !== 'information_needed') return;
  const missing = reason ?? 'Information is missing.';
  throw new AppError('conflict', `${missing} It cannot be approved before.`, { status });
}
