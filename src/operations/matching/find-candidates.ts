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
import { companyNow, loadDeals, type MatchedDeal } from './load-deals.ts';
import { withSharedDomains } from './weigh-domains.ts';

/** A list of 1,500 is read in about a millisecond. A key of more companies is a word like “international”. */
export const candidateLimits: CandidateLimits = { perKey: 1_500, rows: 500 };

const queriesAtOnce = 100;

/** A record that may be the same company. */
export interface Match {
  readonly kind: Exclude<SubjectKind, 'billed_customer'>;
  readonly id: string;
  readonly company: NormalisedCompany;
  readonly foundBy: readonly string[];
  readonly match: CompanyMatch;
}

/**
 * Finds every account and registration that may be this company, the most likely first, with the default
 * model. Refresh the profiles first.
 */
export async function findMatches(
  db: Db,
  given: NormalisedCompany,
  limits: CandidateLimits = candidateLimits,
): Promise<readonly Match[]> {
  const [[company = given], candidates] = await Promise.all([
    withSharedDomains(db, [given]),
    findCandidates(db, [candidateQuery('', given)], limits, 'all'),
  ]);
  return candidates
    .map((candidate) => matchOf(company, candidate, defaultModel))
    .filter(isAlike)
    .toSorted((a, b) => b.match.bits - a.match.bits);
}

/** A rival of a registration, with the facts of the match. */
export interface FoundRival {
  readonly rival: Rival;
  readonly facts: RivalFacts;
}

/** The result of matching one registration. */
export interface MatchCandidates {
  /** The customer of the registration, normalised. */
  readonly company: NormalisedCompany;
  readonly rivals: readonly FoundRival[];
  /**
   * For a registration of the sample, the most likely match among the companies that are considered
   * different. Null outside the sample, and when that company has no competing deal.
   */
  readonly nearest: Match | null;
}

/**
 * Finds for each registration everything that may be about the same customer and, compared closely, is not a
 * different company. Refresh the profiles first.
 *
 * @returns the candidates by the registration's id; every registration has an entry
 */
export async function findMatchCandidates(
  tx: Db,
  registrations: readonly StoredRegistration[],
  model: MatchModel,
  isSampled: (registrationId: string) => boolean,
): Promise<ReadonlyMap<string, MatchCandidates>> {
  const found = new Map<string, MatchCandidates>();
  for (let at = 0; at < registrations.length; at += queriesAtOnce)
    for (const entry of await candidatesOf(tx, registrations.slice(at, at + queriesAtOnce), model, isSampled))
      found.set(...entry);
  return found;
}

/** The ids of records that share a search key with one of these. */
export async function sharingKeys(
  tx: Db,
  subjectIds: readonly string[],
  scope: CandidateScope,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const profiles = [...(await profilesOf(tx, subjectIds))];
  for (let at = 0; at < profiles.length; at += queriesAtOnce) {
    const queries = profiles.slice(at, at + queriesAtOnce).map(([id, normal]) => candidateQuery(id, normal));
    for (const { id } of await findCandidates(tx, queries, candidateLimits, scope)) found.add(id);
  }
  return [...found];
}

async function candidatesOf(
  tx: Db,
  registrations: readonly StoredRegistration[],
  model: MatchModel,
  isSampled: (registrationId: string) => boolean,
): Promise<readonly (readonly [string, MatchCandidates])[]> {
  const ids = registrations.map(({ id }) => id);
  // The profile of an edited registration has the customer that was approved, too.
  const edited = registrations.filter(({ editedTerms }) => editedTerms !== null);
  const profiles = new Map([
    ...(await profilesOf(tx, ids)),
    ...edited.map((one) => [one.id, companyNow(one)] as const),
  ]);
  const weighed = await withSharedDomains(tx, [...profiles.values()]);
  const companies = new Map([...profiles.keys()].map((id, at) => [id, weighed[at]]));
  const companyOf = ({ id, number }: StoredRegistration): NormalisedCompany => {
    const company = companies.get(id);
    if (!company)
      throw new TypeError(
        `registration ${number} has no profile: refresh the profiles before registrations are evaluated`,
      );
    return company;
  };
  const queries = registrations.map((registration) =>
    candidateQuery(registration.id, companyOf(registration)),
  );
  const candidates = Map.groupBy(
    await findCandidates(tx, queries, candidateLimits, 'competing'),
    ({ queryId }) => queryId,
  );
  const compared = new Map(
    registrations.map((registration) => {
      const others = (candidates.get(registration.id) ?? []).filter(({ id }) => id !== registration.id);
      const matches = others.map((candidate) => matchOf(companyOf(registration), candidate, model));
      return [
        registration.id,
        {
          alike: [...matches.filter(isAlike), ...onlyInitials(matches)],
          nearest: isSampled(registration.id) ? nearestOf(matches) : null,
        },
      ];
    }),
  );
  const deals = await loadDeals(
    tx,
    [...compared.values()].flatMap(({ alike, nearest }) => (nearest ? [...alike, nearest] : alike)),
    { model, since: firstDay(registrations) },
  );
  return registrations.map((registration) => {
    const { alike, nearest } = compared.get(registration.id) ?? { alike: [], nearest: null };
    const company = companyOf(registration);
    const rivalDeals = (match: Match): readonly MatchedDeal[] =>
      deals(match, (other) => matchCompanies(company, other, model)).filter(
        ({ rival }) => rival.id !== registration.opportunityId,
      );
    const rivals = alike.flatMap((match) =>
      rivalDeals(match).map((deal): FoundRival => {
        const compared = { ...match, company: deal.company ?? match.company, match: deal.rival.match };
        return { rival: deal.rival, facts: factsOf(deal.rival, compared) };
      }),
    );
    return [
      registration.id,
      {
        company,
        rivals,
        nearest: nearest && rivalDeals(nearest).length > 0 ? nearest : null,
      },
    ];
  });
}

/** The UTC day of the earliest submission. */
function firstDay(registrations: readonly StoredRegistration[]): string {
  const days = registrations.map(({ submittedAt }) => submittedAt.toISOString().slice(0, 10));
  return days.toSorted()[0] ?? '9999-12-31';
}

/** Further companies with these initials are not shown, because a note about each would hide the others. */
const initialsShown = 3;

/** The most likely companies of which one name is only the initials of the other, without a difference in country. */
function onlyInitials(matches: readonly Match[]): readonly Match[] {
  const isElsewhere = ({ match }: Match): boolean =>
    match.evidence.some(({ field, level }) => field === 'country' && level === 'different');
  return matches
    .filter((one) => !isAlike(one) && one.match.isInitials === true && !isElsewhere(one))
    .toSorted((a, b) => b.match.bits - a.match.bits || (a.id < b.id ? -1 : 1))
    .slice(0, initialsShown);
}

/** The most likely match among the companies that are considered different. */
function nearestOf(matches: readonly Match[]): Match | null {
  let nearest: Match | null = null;
  for (const one of matches)
    if (!isAlike(one) && (nearest === null || one.match.bits > nearest.match.bits)) nearest = one;
  return nearest;
}

export function candidateQuery(id: string, company: NormalisedCompany): CandidateQuery {
  const { strong, weak, words } = searchKeys(company);
  return { id, country: company.country, strong, weak, words };
}

function matchOf(
  company: NormalisedCompany,
  { kind, id, normal, foundBy }: Candidate,
  model: MatchModel,
): Match {
  const matchKind = kind === 'billed_customer' ? 'account' : kind;
  return { kind: matchKind, id, company: normal, foundBy, match: matchCompanies(company, normal, model) };
}

function isAlike({ match }: Match): boolean {
  return match.verdict !== 'different';
}

function factsOf({ id }: Rival, { company, foundBy, match }: Match): RivalFacts {
  return { id, company, foundBy, cleanIf: cleanIf(match) };
}
