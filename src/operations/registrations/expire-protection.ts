import type { Db } from '#src/db/client.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  overdueRegistrations,
  saveVerdicts,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import type { EvaluationRound } from './evaluation.ts';
import { verdictAudit } from './verdict-audit.ts';

/** Expires registrations whose protection window has ended. The same run writes that to the CRM. */
export async function expireProtection(
  tx: Db,
  { programVersion, at, today }: Omit<EvaluationRound, 'model'>,
): Promise<void> {
  const overdue = await overdueRegistrations(tx, today);
  const verdicts = overdue.map((registration): Verdict => ({
    id: registration.id,
    status: move(registration.status, 'expire'),
    reason: `The protection window ended on ${registration.protectedUntil}.`,
    decidedAt: at,
    decidedBy: null,
    protectedUntil: registration.protectedUntil,
    conflictSummary: registration.conflictSummary,
    conflictScore: registration.conflictScore,
    programVersion,
    approvedTerms: registration.approvedTerms,
    editedTerms: registration.editedTerms,
  }));
  await saveVerdicts(tx, verdicts);
  await audit(
    tx,
    verdicts.map((verdict) => verdictAudit(verdict, 'approved')),
    at,
  );
}
