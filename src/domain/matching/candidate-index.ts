import type { NormalisedCompany } from './company.ts';
import { searchKeys, slipsOf } from './search-keys.ts';

const strongKinds: ReadonlySet<string> = new Set(['dom', 'tel', 'vat', 'lei', 'duns', 'name']);

/**
 * An in-memory index to find companies that may be the same, for fitting and evaluation. In production the
 * database does the same.
 */
export interface CandidateIndex {
  /** Key → indexes of the companies that have it, ascending. */
  readonly postings: ReadonlyMap<string, readonly number[]>;
}

/** @param kinds use only keys of these kinds, such as `tel` */
export function indexCompanies(
  companies: readonly NormalisedCompany[],
  kinds?: ReadonlySet<string>,
): CandidateIndex {
  const postings = new Map<string, number[]>();
  for (const [at, company] of companies.entries()) {
    for (const key of indexKeys(company)) {
      if (kinds && !kinds.has(kindOf(key))) continue;
      const members = postings.get(key);
      if (members) members.push(at);
      else postings.set(key, [at]);
    }
  }
  return { postings };
}

/** Indexes of up to `budget` companies that share a key. Those with the rarest shared key come first. */
export function candidatesFor(
  company: NormalisedCompany,
  { postings }: CandidateIndex,
  budget: number,
): readonly number[] {
  const shared = [...indexKeys(company)].flatMap((key) => {
    const members = postings.get(key);
    return members ? [{ members, rank: isStrong(key) ? 0 : members.length }] : [];
  });
  const found = new Set<number>();
  for (const { members } of shared.toSorted((a, b) => a.rank - b.rank)) {
    if (found.size > 0 && found.size + members.length > budget) break;
    for (const member of members) found.add(member);
  }
  return [...found];
}

export interface PairLimits {
  /** A strong key that more companies share is a default value or a shared building. */
  readonly strong: number;
  readonly weak: number;
}

/**
 * Generates all pairs that share a key within the limits, one at a time, so that millions of pairs need no
 * memory. Each pair comes once, as (smaller index, larger index).
 *
 * @param companies the companies of the index, in the same order
 */
export function* candidatePairs(
  companies: readonly NormalisedCompany[],
  { postings }: CandidateIndex,
  limits: PairLimits,
): Generator<readonly [number, number]> {
  for (const [left, company] of companies.entries()) {
    const partners = new Set<number>();
    for (const key of indexKeys(company)) {
      const members = postings.get(key);
      if (!members || members.length > (isStrong(key) ? limits.strong : limits.weak)) continue;
      for (let at = members.length - 1; at >= 0 && (members[at] ?? 0) > left; at--)
        partners.add(members[at] ?? 0);
    }
    for (const right of partners) yield [left, right];
  }
}

/** The keys of a company, and its longer words with a letter left out, which find misspellings. */
function indexKeys(company: NormalisedCompany): ReadonlySet<string> {
  const { strong, weak, words } = searchKeys(company);
  return new Set([...strong, ...weak, ...words.flatMap(slipsOf).map((slip) => `slip:${slip}`)]);
}

function isStrong(key: string): boolean {
  return strongKinds.has(kindOf(key));
}

function kindOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}
