import type { ConflictCase } from '#src/db/registrations/conflict-case-store.ts';
import type { StoredRegistration, Verdict } from '#src/db/registrations/registration-store.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import type { Program } from '#src/domain/program/program.ts';
import type {
  RegistrationDecision,
  RegistrationFacts,
  Rival,
} from '#src/domain/registrations/registration.ts';
import type { MatchCandidates } from '#src/operations/matching/find-candidates.ts';
import type { ClearRegistration } from '#src/operations/matching/sample-for-review.ts';

/** The settings of a round: all of its registrations are evaluated with them. */
export interface EvaluationRound {
  readonly program: Program;
  readonly document: ProgramDocument;
  readonly programVersion: number;
  readonly model: MatchModel;
  readonly at: Date;
  /** The date of `at` in UTC, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Step 1 of an evaluation: a registration with everything that was known before the round. */
export interface RegistrationWithFacts {
  readonly registration: StoredRegistration;
  readonly facts: RegistrationFacts;
  readonly candidates: MatchCandidates;
  /** The days for which an approval protects it. */
  readonly protectionDays: number;
  /** True when its lifecycle decides it; the rules only renew its evidence. */
  readonly hasLifecycle: boolean;
  /** True when an earlier evaluation opened a conflict case. */
  readonly hasCase: boolean;
}

/** Step 2: with its rivals, including the verdicts that this round has reached so far. */
export interface RegistrationWithRivals extends RegistrationWithFacts {
  readonly rivals: readonly Rival[];
}

/** Step 3: with the findings of the rules of engagement and the outcome that follows from them. */
export interface RegistrationWithFindings extends RegistrationWithRivals {
  readonly decision: RegistrationDecision;
}

/** Step 4: with everything to store. */
export interface EvaluatedRegistration extends RegistrationWithFindings {
  readonly verdict: Verdict;
  /** Null when it has no findings and never had any. */
  readonly conflictCase: ConflictCase | null;
  /** Null unless it is a sampled registration without a finding about a rival. */
  readonly clear: ClearRegistration | null;
}
