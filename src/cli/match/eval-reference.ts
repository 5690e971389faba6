import { alignWords } from '#src/domain/matching/names/align-words.ts';
import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import { compareCompanies } from '#src/domain/matching/compare.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { bitsOf, type MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';
import { countTerms } from '#src/domain/matching/names/term-stats.ts';
import { readCompanyRows } from './company-file.ts';
import { rounded } from './figures.ts';

export interface ReferenceFigures {
  /** Queries whose id the reference has: the others have no right answer. */
  readonly n: number;
  readonly recallAt1: number;
  readonly recallAt20: number;
}

/** Texts compared with one query; those that share the rarest words come first. */
const rowBudget = 400;
const deepest = 20;

/**
 * Looks each query up among the reference texts. Recall at k: the right id is among the k best different ids.
 */
export async function evalReference(
  paths: { reference: string; queries: string },
  text: string,
  id: string,
): Promise<ReferenceFigures> {
  const reference = await readCompanyRows(paths.reference, [text, id]);
  const queries = await readCompanyRows(paths.queries, [text, id]);
  const companies = reference.map((row) => namedBy(row[text] ?? ''));
  const index = indexCompanies(companies);
  const model = {
    ...defaultModel,
    terms: countTerms(
      companies.map(({ core }) => core),
      1,
    ),
  };
  const ids = reference.map((row) => row[id] ?? '');
  const known = new Set(ids);
  const ranks = queries
    .filter((row) => known.has(row[id] ?? ''))
    .map((row) => {
      const query = namedBy(row[text] ?? '');
      const scored = candidatesFor(query, index, rowBudget).flatMap((at) => {
        const company = companies[at];
        return company ? [{ id: ids[at] ?? '', score: closeness(query, company, model) }] : [];
      });
      const ranked = new Set(scored.toSorted((a, b) => b.score - a.score).map((one) => one.id));
      return [...ranked].indexOf(row[id] ?? '');
    });
  const within = (k: number): number =>
    rounded(ranks.filter((rank) => rank >= 0 && rank < k).length / Math.max(1, ranks.length));
  return { n: ranks.length, recallAt1: within(1), recallAt20: within(deepest) };
}

/** Texts like "Department of Physics, University of Oxford, UK" name several things; each part is a name. */
function namedBy(text: string): NormalisedCompany {
  const parts = text.split(/[,;]/).map((part) => part.trim());
  return normaliseCompany({
    name: text,
    aliases: parts.length > 1 ? parts.filter((part) => part.includes(' ')).reverse() : [],
  });
}

/** Bits, and between equals the share of all words that both have. */
function closeness(query: NormalisedCompany, company: NormalisedCompany, model: MatchModel): number {
  const found = compareCompanies(prepareCompany(query, model.terms), prepareCompany(company, model.terms));
  const { shared, onlyLeft, onlyRight } = alignWords(found.names.left, found.names.right);
  return bitsOf(found, model) + shared / Math.max(1, shared + onlyLeft + onlyRight);
}
