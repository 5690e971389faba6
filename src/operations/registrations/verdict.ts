import { modelHash } from '#src/db/matching/match-model-store.ts';
import type { ConflictCase, StoredRegistration, Verdict } from '#src/db/registrations/registration-store.ts';
import { normaliserVersion } from '#src/domain/matching/normalise.ts';
import { conflictScore, conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import type { CaseFacts, RegistrationDecision } from '#src/domain/registrations/registration.ts';
import { ruleFacts } from '#src/domain/registrations/replay.ts';
import type { ClearRegistration } from '#src/operations/matching/sample-for-review.ts';
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

const events = { approve: 'approve', review: 'queue', reject: 'reject' } as const satisfies Record<
  RegistrationDecision['outcome'],
  string
>;

/** A person who reopens a registration decides it, so the rules only renew its evidence. */
const isReopened = ({ decidedBy }: StoredRegistration): boolean => decidedBy !== null;

function verdictOf(
  { registration, decision }: RegistrationWithFindings,
  { programVersion, at }: EvaluationRound,
): Verdict {
  if (isReopened(registration)) return storedVerdict(registration, programVersion);
  const isStillQueued = decision.outcome === 'review' && registration.status === 'in_review';
  const hasFindings = decision.findings.length > 0;
  return {
    id: registration.id,
    status: isStillQueued ? registration.status : move(registration.status, events[decision.outcome]),
    reason: decision.reason,
    decidedAt: decision.outcome === 'review' ? null : at,
    decidedBy: null,
    protectedUntil: decision.outcome === 'approve' ? decision.protectedUntil : null,
    conflictSummary: conflictSummary(decision.findings) || null,
    conflictScore: hasFindings ? conflictScore(decision.findings) : null,
    programVersion,
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
    closedAt: decision.outcome === 'review' || isReopened(registration) ? null : round.at,
  };
}

/** The facts that reproduce the decision: those of the matches in its findings, and those of the rules. */
function caseFacts(
  { facts, candidates, rivals, decision }: RegistrationWithFindings,
  { program, today }: EvaluationRound,
): CaseFacts {
  const inFindings = new Set(decision.findings.map(({ rival }) => rival?.id));
  return {
    company: candidates.company,
    rivals: candidates.rivals.flatMap((found) => (inFindings.has(found.facts.id) ? [found.facts] : [])),
    rules: ruleFacts(decision, facts, rivals, { today, policy: program }),
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
