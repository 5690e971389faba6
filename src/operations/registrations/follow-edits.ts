import type { Db } from '#src/db/client.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { closeCase } from '#src/db/registrations/conflict-case-store.ts';
import {
  changedInCrmAt,
  editedRegistrations,
  saveTermsSince,
  saveVerdicts,
  type StoredRegistration,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import {
  areSameTerms,
  changedTerms,
  termChanges,
  termsNow,
  type ApprovedTerms,
  type TermChange,
} from '#src/domain/registrations/protected-terms.ts';
import type { EvaluationRound } from './evaluation.ts';

type Round = Omit<EvaluationRound, 'model'>;

interface EditedRegistration {
  readonly registration: StoredRegistration;
  readonly approved: ApprovedTerms;
  readonly changes: readonly TermChange[];
}

/**
 * Compares approved registrations with what was approved. One that was edited in the CRM is reopened: a person
 * decides about the edit, and the approved terms stay protected until then. An edit that was undone in the CRM
 * restores the approval. An edit that a person has rejected is not asked about again.
 *
 * @param ids the registrations to look at; all when it is left out
 * @returns the ids of the registrations whose status has changed
 */
export async function followEdits(tx: Db, round: Round, ids?: readonly string[]): Promise<readonly string[]> {
  const edited = (await editedRegistrations(tx, ids)).flatMap((one) => withChanges(one, round) ?? []);
  const changedAt = await changedInCrmAt(
    tx,
    edited.map(({ registration }) => registration.id),
  );
  const moved: string[] = [];
  for (const one of edited) {
    const { registration, approved, changes } = one;
    if (changes.length === 0) {
      if (registration.editedTerms === null) continue;
      await restoreApproval(tx, round, one);
    } else {
      const now = termsNow(registration);
      if (registration.editedTerms !== null && areSameTerms(registration.editedTerms, now)) continue;
      const since = editedAt(registration, changedAt.get(registration.id), round.at).toISOString();
      await reopen(tx, round, one, since);
      await saveTermsSince(tx, [{ id: registration.id, termsSince: termsSinceOf(approved, changes, since) }]);
    }
    moved.push(registration.id);
  }
  return moved;
}

/** Null when there is nothing to compare: the protection has ended, or a person has reopened it. */
function withChanges(registration: StoredRegistration, { program, today }: Round): EditedRegistration | null {
  const { approvedTerms: approved, editedTerms, status, protectedUntil } = registration;
  if (approved === null || protectedUntil === null) return null;
  if (status === 'approved' && protectedUntil < today) return null;
  if (status === 'in_review' && editedTerms === null) return null;
  return {
    registration,
    approved,
    changes: termChanges(approved, termsNow(registration), program.engagement),
  };
}

/** The CRM's stamp, unless it is from before the decision: then the edit was made in Fairway. */
function editedAt({ decidedAt, editedTerms }: StoredRegistration, inCrm: Date | undefined, now: Date): Date {
  const after = editedTerms === null ? decidedAt : new Date(editedTerms.since);
  if (inCrm === undefined || inCrm > now || (after !== null && inCrm < after)) return now;
  return inCrm;
}

/** The instant from which precedence counts while the edit is decided; null if it is still the same deal. */
function termsSinceOf(approved: ApprovedTerms, changes: readonly TermChange[], since: string): Date | null {
  return changes.some(({ isAnotherDeal }) => isAnotherDeal) ? new Date(since) : approvedSince(approved);
}

/** Stored again, so that precedence is the same as at the approval. */
export function approvedSince({ termsSince }: ApprovedTerms): Date | null {
  return termsSince === null ? null : new Date(termsSince);
}

async function reopen(
  tx: Db,
  round: Round,
  { registration, approved, changes }: EditedRegistration,
  since: string,
): Promise<void> {
  const { status, protectedUntil } = registration;
  const fields = changedTerms(changes);
  const next: Verdict = {
    ...verdictOf(registration, round),
    status: status === 'approved' ? move(status, 'reopen') : status,
    reason: `Edited in the CRM after approval: ${fields}.`,
    decidedAt: null,
    approvedTerms: approved,
    editedTerms: { ...termsNow(registration), since, state: 'waiting' },
  };
  await saveVerdicts(tx, [next]);
  await closeCase(tx, registration.id, null);
  const entry = {
    actorId: null,
    action: 'registration.edited_after_approval',
    subjectKind: 'registration',
    subjectId: registration.id,
    before: { status },
    // The audit trail cannot be changed, and the values may be personal data. The timeline has them.
    after: { status: next.status, protectedUntil, fields },
    reason: next.reason,
  } as const;
  await audit(tx, [entry], round.at);
}

async function restoreApproval(
  tx: Db,
  round: Round,
  { registration, approved }: EditedRegistration,
): Promise<void> {
  const { status, protectedUntil } = registration;
  const next: Verdict = {
    ...verdictOf(registration, round),
    status: status === 'in_review' ? move(status, 'restore') : status,
    reason: `The edit was undone in the CRM. Protected until ${protectedUntil}.`,
    decidedAt: round.at,
    approvedTerms: approved,
    editedTerms: null,
  };
  await saveVerdicts(tx, [next]);
  await saveTermsSince(tx, [{ id: registration.id, termsSince: approvedSince(approved) }]);
  await closeCase(tx, registration.id, round.at);
  const entry = {
    actorId: null,
    action: 'registration.edit_undone',
    subjectKind: 'registration',
    subjectId: registration.id,
    before: { status },
    after: { status: next.status, protectedUntil },
    reason: next.reason,
  } as const;
  await audit(tx, [entry], round.at);
}

function verdictOf(
  registration: StoredRegistration,
  { programVersion }: Round,
): Omit<Verdict, 'status' | 'reason'> {
  const { id, decidedAt, protectedUntil, conflictSummary, conflictScore } = registration;
  return { id, decidedAt, decidedBy: null, protectedUntil, conflictSummary, conflictScore, programVersion };
}
