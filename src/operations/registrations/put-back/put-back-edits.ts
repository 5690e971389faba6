import { editedRegistrations, type StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { formatMinor } from '#src/domain/money.ts';
import {
  changedTerms,
  termChanges,
  termsNow,
  type ProtectedTerms,
  type TermChange,
} from '#src/domain/registrations/protected-terms.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import type { EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { reportNotPutBack } from './report-not-put-back.ts';
import { restoreField } from './restore-field.ts';

/**
 * Puts the approved values back where somebody edited an approved registration in the CRM, if the programme says
 * so: as an edit made in Fairway, which is written to the CRM. A value that cannot be written is a problem, and
 * the edit goes to a person like in every other programme.
 *
 * @param ids the registrations to look at; all when it is left out
 */
export async function putBackEdits(
  deps: Deps,
  { program, today }: Pick<EvaluationRound, 'program' | 'today'>,
  ids?: readonly string[],
): Promise<void> {
  if (program.engagement.afterApproval !== 'put_back') return;
  for (const registration of await editedRegistrations(deps.db, ids)) {
    const { approvedTerms, protectedUntil, status } = registration;
    if (approvedTerms === null || protectedUntil === null || protectedUntil < today) continue;
    if (status !== 'approved') continue;
    const changes = termChanges(approvedTerms, termsNow(registration), program.engagement);
    const refused: TermChange[] = [];
    for (const change of changes)
      if (!(await isPutBack(deps, registration, approvedTerms, change))) refused.push(change);
    if (refused.length < changes.length) await relaySoon(deps);
    if (refused.length > 0) await reportNotPutBack(deps, registration, changedTerms(refused));
  }
}

async function isPutBack(
  deps: Deps,
  registration: StoredRegistration,
  approved: ProtectedTerms,
  { local }: TermChange,
): Promise<boolean> {
  const now = termsNow(registration);
  if (local === 'partner' || (local === 'amount' && now.currency !== approved.currency)) return false;
  const fields = { before: valueOf(approved, local), now: valueOf(now, local) };
  return restoreField(deps, { registrationId: registration.id, field: local, ...fields });
}

function valueOf(terms: ProtectedTerms, local: Exclude<TermChange['local'], 'partner'>): CanonicalValue {
  if (local !== 'amount') return terms[local];
  const { amountMinor, currency } = terms;
  return amountMinor === null || currency === null ? null : formatMinor(BigInt(amountMinor), currency);
}
