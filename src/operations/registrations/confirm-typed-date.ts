import { audit } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  confirmSubmittedAt,
  findRegistrationToReview,
  lockDecisions,
} from '#src/db/registrations/registration-store.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { evaluateRegistrations } from './evaluate-registrations.ts';
import { registrationShown } from './registration-shown.ts';

export interface ConfirmDateInput {
  readonly registrationId: string;
  /** Required: the evidence for the typed date. It goes to the audit trail. */
  readonly reason: string;
  readonly personId: string;
  /** The content of the registration on the person's page; only programs leave it out. */
  readonly shown?: ShownContent;
}

/**
 * Confirms the typed date of submission, such as that of a registration that was imported from another system.
 * Precedence counts from it afterwards, even if somebody types another date later. The registration, and those
 * that compete with it, are evaluated again.
 *
 * @throws AppError `bad_request` without a reason; `not_found`; `conflict` when the registration no longer waits,
 * when its typed date is not earlier, or when the page showed something else
 */
export async function confirmTypedDate(
  deps: Deps,
  input: ConfirmDateInput,
): Promise<{ readonly precedenceAt: Date }> {
  const reason = input.reason.trim();
  if (reason === '')
    throw new AppError(
      'bad_request',
      'Enter the evidence for the date, such as where it was imported from.',
      {
        field: 'reason',
      },
    );
  const { registrationId, personId } = input;
  const confirmed = await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    const registration = await findRegistrationToReview(tx, registrationId);
    if (!registration) throw new AppError('not_found', 'There is no such registration.', { registrationId });
    const found = await findRegistration(tx, registrationId);
    if (found) refuseUnseen(input.shown, registrationShown(found));
    const { status, submittedAt } = registration;
    if (!['submitted', 'information_needed', 'in_review'].includes(status))
      throw new AppError(
        'conflict',
        'This registration is decided, so another date would change nothing. Reopen it first.',
        { status },
      );
    if (registration.termsSince !== null)
      throw new AppError(
        'conflict',
        'This registration was submitted again, or it named no customer or another deal before a change. Precedence counts from that instant.',
        { termsSince: registration.termsSince },
      );
    const before = precedenceAt(registration);
    if (submittedAt >= before)
      throw new AppError(
        'conflict',
        'The typed date is not earlier than the date that precedence counts from already.',
        { submittedAt, precedenceAt: before },
      );
    await confirmSubmittedAt(tx, registrationId, submittedAt);
    const entry = {
      actorId: personId,
      action: 'registration.date_confirmed',
      subjectKind: 'registration',
      subjectId: registrationId,
      before: { precedenceAt: before.toISOString() },
      after: { precedenceAt: submittedAt.toISOString() },
      reason,
    } as const;
    await audit(tx, [entry], deps.clock());
    return submittedAt;
  });
  const changed = { accountIds: [], opportunityIds: [], registrationIds: [registrationId] };
  await evaluateRegistrations(deps, async () => {}, changed);
  const payload = { registrationIds: [registrationId], payoutBatchIds: [] };
  const job = { id: deps.ids(), runId: null, stage: null, name: 'write-back', payload };
  await deps.db.transaction((tx) => addJobs(tx, [job], deps.clock()));
  await relaySoon(deps);
  return { precedenceAt: confirmed };
}
