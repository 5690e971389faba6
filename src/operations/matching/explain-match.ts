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
 * One rival of a decided registration: what was stored, and what the same facts and the same model give
 * today.
 */
export interface ExplainedRival {
  readonly rival: Rival;
  readonly findings: readonly Pick<Finding, 'rule' | 'effect' | 'message'>[];
  readonly foundBy: readonly string[];
  readonly cleanIf: readonly string[];
  readonly stored: CompanyMatch;
  readonly replayed: CompanyMatch;
  /** Whether both are the same to the last bit. */
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
   * Whether the rules come to the same findings and outcome again; null for a case from before what they went
   * by was kept.
   */
  readonly rulesReproduced: boolean | null;
  readonly reproduced: boolean;
}

/**
 * Works a stored decision's matches and findings out again, from the facts and with the model and the policy
 * that are stored with it.
 *
 * @throws AppError `not_found` when nothing was found to conflict, or what was compared is no longer kept
 */
export async function explainMatch({ db }: Deps, registrationId: string): Promise<Explanation> {
  const found = await storedCase(db, registrationId);
  if (!found)
    throw new AppError('not_found', 'Nothing was found that conflicts with this registration.', {
      registrationId,
    });
  const { number, decision, facts, modelVersion, modelHash, normaliserVersion } = found;
  const model = modelHash === null ? null : await findModel(db, modelHash);
  if (!facts || modelHash === null || !model)
    throw new AppError(
      'not_found',
      `What was compared for ${number} is not kept: it was decided before that was, or a party was erased.`,
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
 * As it is stored. What is normalised already is not normalised again, so the normaliser of today does not
 * matter.
 */
function evidenceOf({ normaliserVersion: _, ...match }: CompanyMatch): unknown {
  return stored(match);
}

function stored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
