import { isDeepStrictEqual } from 'node:util';
import { storedCase } from '#src/db/matching/match-case-store.ts';
import { findModel } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { replayDecision } from '#src/domain/registrations/replay.ts';
import type { Finding, RegistrationDecision, Rival } from '#src/domain/registrations/registration.ts';

/**
 * A rival of a decided registration, with the stored match and the match calculated again from the same
 * facts.
 */
export interface ExplainedRival {
  readonly rival: Rival;
  readonly findings: readonly Pick<Finding, 'rule' | 'effect' | 'message'>[];
  readonly foundBy: readonly string[];
  readonly cleanIf: readonly string[];
  readonly stored: CompanyMatch;
  readonly replayed: CompanyMatch;
  /** True when both matches are exactly the same. */
  readonly reproduced: boolean;
}

export interface Explanation {
  readonly number: string;
  readonly outcome: RegistrationDecision['outcome'];
  readonly modelVersion: string;
  readonly modelHash: string;
  readonly normaliserVersion: string;
  readonly rivals: readonly ExplainedRival[];
  /**
   * True when the rules give the same findings and outcome again. Null for cases stored without the rules'
   * facts.
   */
  readonly rulesReproduced: boolean | null;
  readonly reproduced: boolean;
}

/**
 * Calculates the matches and findings of a stored decision again, from the facts, the model and the policy
 * that are stored with it.
 *
 * @throws AppError `not_found` when the registration has no conflict case, or its facts are no longer stored
 */
export async function explainMatch({ db }: Deps, registrationId: string): Promise<Explanation> {
  const found = await storedCase(db, registrationId);
  if (!found)
    throw new AppError('not_found', 'This registration has no conflicts to explain.', {
      registrationId,
    });
  const { number, decision, facts, modelVersion, modelHash, normaliserVersion } = found;
  const model = modelHash === null ? null : await findModel(db, modelHash);
  if (!facts || modelHash === null || !model)
    throw new AppError(
      'not_found',
      `The facts behind the decision on ${number} are not stored: it was decided by an older version, or a company was erased.`,
    );
  const rivals = facts.rivals.flatMap(({ id, company, foundBy, cleanIf }): ExplainedRival[] => {
    const findings = decision.findings.filter(({ rival }) => rival?.id === id);
    const rival = findings[0]?.rival;
    if (!rival) return [];
    const replayed = matchCompanies(facts.company, company, model);
    const shown = findings.map(({ rule, effect, message }) => ({ rule, effect, message }));
    const reproduced = isDeepStrictEqual(evidenceOf(rival.match), evidenceOf(replayed));
    return [{ rival, findings: shown, foundBy, cleanIf, stored: rival.match, replayed, reproduced }];
  });
  const rulesReproduced = facts.rules
    ? isDeepStrictEqual(stored(decision), stored(replayDecision(decision, facts.rules)))
    : null;
  const reproduced = rivals.every((one) => one.reproduced) && rulesReproduced !== false;
  return {
    number,
    outcome: decision.outcome,
    modelVersion,
    modelHash,
    normaliserVersion,
    rivals,
    rulesReproduced,
    reproduced,
  };
}

/**
 * The match as it is stored. The normaliser version is left out: stored companies are normalised already, so
 * today's normaliser has no effect.
 */
function evidenceOf({ normaliserVersion: _, ...match }: CompanyMatch): unknown {
  return stored(match);
}

function stored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
