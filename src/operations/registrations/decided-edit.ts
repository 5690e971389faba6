import type { Db } from '#src/db/client.ts';
import { markProfilesStale } from '#src/db/matching/match-profile-store.ts';
import {
  saveTermsSince,
  type StoredRegistration,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import { publicChangeText, termChanges, termsNow } from '#src/domain/registrations/protected-terms.ts';
import { approvedSince } from './follow-edits.ts';

/** The part of a person's decision that is special when it is about an edit after the approval. */
export interface DecidedEdit {
  readonly verdict: Partial<Verdict>;
  /** For the audit trail. */
  readonly action: string;
  /** Absent when the present value remains. */
  readonly termsSince?: Date | null;
}

interface Decision {
  readonly decision: 'approve' | 'reject' | 'reopen';
  readonly reason: string;
}

/**
 * A decision about an edit. Approved: the new terms are protected instead, up to the same day, because an edit must
 * not lengthen the protection. Rejected: the old approval remains in force, and its reason says that the record in
 * the CRM differs. Null when no edit waits.
 */
export function decidedEdit(
  registration: StoredRegistration,
  { decision, reason }: Decision,
  { today, engagement }: { readonly today: string; readonly engagement: EngagementPolicy },
): DecidedEdit | null {
  const { approvedTerms, editedTerms, protectedUntil, status } = registration;
  if (approvedTerms === null || editedTerms?.state !== 'waiting' || decision === 'reopen') return null;
  const remains = protectedUntil !== null && protectedUntil >= today;
  if (decision === 'approve') {
    const verdict = {
      reason: reason || 'The edit was approved after review.',
      ...(remains ? { protectedUntil } : {}),
      editedTerms: null,
    };
    return { verdict, action: 'registration.edit_approved' };
  }
  const changes = termChanges(approvedTerms, termsNow(registration), engagement);
  const differences = changes.map(publicChangeText);
  const verdict = {
    status: move(status, 'restore'),
    reason: `The edit was rejected: ${reason} The approval of the terms before it remains in force until ${protectedUntil}. This record differs from it: ${differences.join('; ')}.`,
    protectedUntil,
    approvedTerms,
    editedTerms: { ...editedTerms, state: 'rejected' as const },
  };
  return { verdict, action: 'registration.edit_rejected', termsSince: approvedSince(approvedTerms) };
}

/** Stores the other results of the decision: since when the terms count, and which customer they name. */
export async function saveDecidedEdit(
  tx: Db,
  { id }: StoredRegistration,
  { termsSince }: DecidedEdit,
): Promise<void> {
  if (termsSince !== undefined) await saveTermsSince(tx, [{ id, termsSince }]);
  await markProfilesStale(tx, 'registration', [id]);
}
