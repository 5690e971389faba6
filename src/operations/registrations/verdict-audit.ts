import type { AuditEntry } from '#src/db/people/audit-store.ts';
import type { Verdict } from '#src/db/registrations/registration-store.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';

/** The audit entry for a verdict of the rules. */
export function verdictAudit(verdict: Verdict, statusBefore: RegistrationStatus): AuditEntry {
  return {
    actorId: null,
    action: `registration.${verdict.status}`,
    subjectKind: 'registration',
    subjectId: verdict.id,
    before: { status: statusBefore },
    after: { status: verdict.status, protectedUntil: verdict.protectedUntil },
    reason: verdict.reason,
  };
}
