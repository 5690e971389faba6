import { modelHash } from '#src/db/matching/match-model-store.ts';
import type { ConflictCase } from '#src/db/registrations/conflict-case-store.ts';
import type { StoredRegistration, Verdict } from '#src/db/registrations/registration-store.ts';
import { normaliserVersion } from '#src/domain/matching/normalise.ts';
import { conflictScore, conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import type { CaseFacts, RegistrationDecision } from '#src/domain/registrations/registration.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import { termsNow, type ApprovedTerms } from '#src/domain/registrations/protected-terms.ts';
import { ruleFacts } from '#src/domain/registrations/replay.ts';
import type { ClearRegistration } from '#src/operations/matching/sample-for-review.ts';
import { decisionPolicy } from './automatic/decision-policy.ts';
import type { EvaluatedRegistration, EvaluationRound, RegistrationWithFindings } from './evaluation.ts';

/** Step 4: what is stored of an evaluation. */
export function withVerdict(one: RegistrationWithFindings, round: EvaluationRound): EvaluatedRegistration {
  // A case without findings now is stored as well, which closes it with the current facts.
  const needsCase = one.decision.findings.length > 0 || one.hasCase;
  return {
    ...one,
    verdict: verdictOf(one, round),
    conflictCase: needsCase ? conflictCaseOf(one, round) : null,
    clear: clearOf(one),
  };
}

const events = {
  approve: 'approve',
  ask: 'ask',
  review: 'queue',
  reject: 'reject',
} as const satisfies Record<RegistrationDecision['outcome'], string>;

/** The status in which a registration waits after an outcome; null when it is decided. */
const waitingStatuses = {
  approve: null,
  ask: 'information_needed',
  review: 'in_review',
  reject: null,
} as const satisfies Record<RegistrationDecision['outcome'], RegistrationStatus | null>;

/** A person who reopens a registration decides it, or its lifecycle does, so the rules only renew its evidence. */
const isDecidedByOthers = ({
  registration,
  hasLifecycle,
}: Pick<RegistrationWithFindings, 'registration' | 'hasLifecycle'>): boolean =>
  hasLifecycle || registration.decidedBy !== null;

function verdictOf(one: RegistrationWithFindings, { programVersion, at }: EvaluationRound): Verdict {
  const { registration, decision } = one;
  if (one.hasLifecycle) return { ...storedVerdict(registration, programVersion), ...conflictOf(decision) };
  if (isDecidedByOthers(one)) return storedVerdict(registration, programVersion);
  const waitsAs = waitingStatuses[decision.outcome];
  const waits = waitsAs !== null;
  return {
    id: registration.id,
    status: waitsAs === registration.status ? waitsAs : move(registration.status, events[decision.outcome]),
    reason: decision.reason,
    decidedAt: waits ? null : at,
    decidedBy: null,
    protectedUntil:
      decision.outcome === 'approve' ? decision.protectedUntil : protectedDuringEdit(registration),
    ...conflictOf(decision),
    programVersion,
    approvedTerms:
      decision.outcome === 'approve' ? approvedTermsOf(registration) : registration.approvedTerms,
    editedTerms: registration.editedTerms,
  };
}

function conflictOf({ findings }: RegistrationDecision): Pick<Verdict, 'conflictSummary' | 'conflictScore'> {
  return {
    conflictSummary: conflictSummary(findings) || null,
    conflictScore: findings.length > 0 ? conflictScore(findings) : null,
  };
}

/** The approved terms stay protected while a person decides about an edit. */
function protectedDuringEdit({ editedTerms, protectedUntil }: StoredRegistration): string | null {
  return editedTerms === null ? null : protectedUntil;
}

/** The present terms of a registration, to protect them. */
export function approvedTermsOf(registration: StoredRegistration): ApprovedTerms {
  return {
    ...termsNow(registration),
    since: precedenceAt(registration).toISOString(),
    termsSince: registration.termsSince?.toISOString() ?? null,
  };
}

function storedVerdict(registration: StoredRegistration, programVersion: number): Verdict {
  const { id, status, reason, decidedAt, decidedBy, protectedUntil } = registration;
  const { conflictSummary: summary, conflictScore: score } = registration;
  return {
    id,
    status,
    reason,
    decidedAt,
    decidedBy,
    protectedUntil,
    conflictSummary: summary,
    conflictScore: score,
    programVersion: registration.programVersion ?? programVersion,
    approvedTerms: registration.approvedTerms,
    editedTerms: registration.editedTerms,
  };
}

function conflictCaseOf(one: RegistrationWithFindings, round: EvaluationRound): ConflictCase {
  const { registration, decision } = one;
  return {
    registrationId: registration.id,
    decision,
    modelVersion: round.model.version,
    modelHash: modelHash(round.model),
    normaliserVersion,
    programVersion: round.programVersion,
    facts: caseFacts(one, round),
    openedAt: round.at,
    closedAt: waitingStatuses[decision.outcome] === null && !isDecidedByOthers(one) ? round.at : null,
  };
}

/** The facts that reproduce the decision: those of the matches in its findings, and those of the rules. */
function caseFacts(one: RegistrationWithFindings, round: EvaluationRound): CaseFacts {
  const { facts, candidates, rivals, decision } = one;
  const inFindings = new Set(decision.findings.map(({ rival }) => rival?.id));
  return {
    company: candidates.company,
    rivals: candidates.rivals.flatMap((found) => (inFindings.has(found.facts.id) ? [found.facts] : [])),
    rules: ruleFacts(decision, facts, rivals, { today: round.today, policy: decisionPolicy(one, round) }),
  };
}

function clearOf({
  registration,
  candidates: { company, nearest },
  decision,
}: RegistrationWithFindings): ClearRegistration | null {
  if (nearest === null || decision.findings.some(({ rival }) => rival !== null)) return null;
  return { registrationId: registration.id, ours: company, nearest };
}
