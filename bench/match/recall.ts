import type { Db } from '#src/db/client.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import type { BenchCompany } from './load.ts';

export interface Recall {
  /** Spellings that the matcher does not mistake for another customer. */
  readonly writings: number;
  /** The share of those for which the company is found. */
  readonly found: number;
}

/**
 * Recall of a search by name and country only, by kind of spelling. Spellings that the matcher mistakes for
 * another customer are not counted, so every miss is a company that was not compared.
 */
export async function recallByWriting(
  db: Db,
  companies: readonly BenchCompany[],
  misspelt: (name: string) => string,
): Promise<Readonly<Record<string, Recall>>> {
  const ways: Readonly<Record<string, (name: string) => string>> = {
    asItIs: (name) => name,
    misspelt,
    lastWordLess: (name) => (name.split(' ').length > 2 ? name.slice(0, name.lastIndexOf(' ')) : name),
    aWordMore: (name) => `${name} Nordics`,
  };
  const recalls: [string, Recall][] = [];
  for (const [way, write] of Object.entries(ways)) {
    let [writings, found] = [0, 0];
    for (const { id, name, domain, country } of companies) {
      const written = normaliseCompany({ name: write(name), country });
      if (matchCompanies(written, normaliseCompany({ name, domain, country })).verdict === 'different')
        continue;
      writings += 1;
      if ((await findMatches(db, written)).some((match) => match.id === id)) found += 1;
    }
    recalls.push([way, { writings, found: Math.round((10_000 * found) / writings) / 10_000 }]);
  }
  return Object.fromEntries(recalls);
}
