import type { Db } from '#src/db/client.ts';
import { profilesOf, type SubjectKind } from '#src/db/matching/match-profile-store.ts';
import {
  findCandidates,
  type Candidate,
  type CandidateLimits,
  type CandidateQuery,
  type CandidateScope,
} from '#src/db/matching/match-store.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { cleanIf } from '#src/domain/matching/explain.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { searchKeys } from '#src/domain/matching/search-keys.ts';
import type { Rival, RivalFacts } from '#src/domain/registrations/registration.ts';
import { loadDeals } from './load-deals.ts';

/**
 * A list of 1,500 is read in about a millisecond; what more companies share is a word like “international”.
 */
export const candidateLimits: CandidateLimits = { perKey: 1_500, rows: 500 };

/** Claims looked up in one go. */
const chunk = 100;

/** A record that may be the same company. */
export interface Match {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly company: NormalisedCompany;
  readonly foundBy: readonly string[];
  readonly match: CompanyMatch;
}

/**
 * Every account and registration that may be this company by the delivered model, the likeliest first. Bring
 * profiles up to date before.
 */
export async function findMatches(
  db: Db,
  company: NormalisedCompany,
  limits: CandidateLimits = candidateLimits,
): Promise<readonly Match[]> {
  const candidates = await findCandidates(db, [queryOf('', company)], limits, 'all');
  return candidates
    .map((candidate) => matchOf(company, candidate, defaultModel))
    .filter(isAlike)
    .toSorted((a, b) => b.match.bits - a.match.bits);
}

/** What a claim competes with, and what was compared to say so. */
export interface KnownRival {
  readonly rival: Rival;
  readonly facts: RivalFacts;
}

export interface Rivals {
  /** The customer as it was compared. */
  readonly company: NormalisedCompany;
  readonly rivals: readonly KnownRival[];
  /**
   * Of a claim in the sample the likeliest of what was told apart; null when nothing was, or nobody competes
   * there.
   */
  readonly nearest: Match | null;
}

/**
 * By claim, everything that may be the same customer and, compared closely, is not a different one. Bring
 * profiles up to date before.
 */
export async function findMatchCandidates(
  tx: Db,
  claims: readonly StoredRegistration[],
  model: MatchModel,
  inSample: (registrationId: string) => boolean,
): Promise<ReadonlyMap<string, Rivals>> {
  const found = new Map<string, Rivals>();
  for (let at = 0; at < claims.length; at += chunk)
    for (const entry of await rivalsOf(tx, claims.slice(at, at + chunk), model, inSample))
      found.set(...entry);
  return found;
}

/** Records that share a key with one of these. */
export async function sharingKeys(
  tx: Db,
  subjectIds: readonly string[],
  scope: CandidateScope,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const profiles = [...(await profilesOf(tx, subjectIds))];
  for (let at = 0; at < profiles.length; at += chunk) {
    const queries = profiles.slice(at, at + chunk).map(([id, normal]) => queryOf(id, normal));
    for (const { id } of await findCandidates(tx, queries, candidateLimits, scope)) found.add(id);
  }
  return [...found];
}

async function rivalsOf(
  tx: Db,
  claims: readonly StoredRegistration[],
  model: MatchModel,
  inSample: (registrationId: string) => boolean,
): Promise<readonly (readonly [string, Rivals])[]> {
  const companies = await profilesOf(
    tx,
    claims.map(({ id }) => id),
  );
  const companyOf = ({ id, number }: StoredRegistration): NormalisedCompany => {
    const company = companies.get(id);
    if (!company)
      throw new TypeError(
        `registration ${number} has no profile: profiles must be brought up to date before claims are decided`,
      );
    return company;
  };
  const queries = claims.map((claim) => queryOf(claim.id, companyOf(claim)));
  const candidates = Map.groupBy(
    await findCandidates(tx, queries, candidateLimits, 'competing'),
    ({ queryId }) => queryId,
  );
  const compared = new Map(
    claims.map((claim) => {
      const others = (candidates.get(claim.id) ?? []).filter(({ id }) => id !== claim.id);
      const matches = others.map((candidate) => matchOf(companyOf(claim), candidate, model));
      return [
        claim.id,
        { alike: matches.filter(isAlike), nearest: inSample(claim.id) ? nearestOf(matches) : null },
      ];
    }),
  );
  const deals = await loadDeals(
    tx,
    [...compared.values()].flatMap(({ alike, nearest }) => (nearest ? [...alike, nearest] : alike)),
  );
  return claims.map((claim) => {
    const { alike, nearest } = compared.get(claim.id) ?? { alike: [], nearest: null };
    const rivalDeals = (match: Match): readonly Rival[] =>
      deals(match).filter(({ id }) => id !== claim.opportunityId);
    const rivals = alike.flatMap((match) =>
      rivalDeals(match).map((rival): KnownRival => ({ rival, facts: factsOf(rival, match) })),
    );
    return [
      claim.id,
      {
        company: companyOf(claim),
        rivals,
        nearest: nearest && rivalDeals(nearest).length > 0 ? nearest : null,
      },
    ];
  });
}

/** The likeliest of those that are another company. */
function nearestOf(matches: readonly Match[]): Match | null {
  let nearest: Match | null = null;
  for (const one of matches)
    if (!isAlike(one) && (nearest === null || one.match.bits > nearest.match.bits)) nearest = one;
  return nearest;
}

function queryOf(id: string, company: NormalisedCompany): CandidateQuery {
  const { strong, weak, words } = searchKeys(company);
  return { id, country: company.country, strong, weak, words };
}

function matchOf(
  company: NormalisedCompany,
  { kind, id, normal, foundBy }: Candidate,
  model: MatchModel,
): Match {
  return { kind, id, company: normal, foundBy, match: matchCompanies(company, normal, model) };
}

function isAlike({ match }: Match): boolean {
  return match.verdict !== 'different';
}

function factsOf({ id }: Rival, { company, foundBy, match }: Match): RivalFacts {
  return { id, company, foundBy, cleanIf: cleanIf(match) };
}
