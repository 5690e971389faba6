import { alignWords } from '#src/domain/matching/align-words.ts';
import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import { compareNames } from '#src/domain/matching/compare-names.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { prepareCompany, type PreparedCompany } from '#src/domain/matching/prepare.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { countTerms } from '#src/domain/matching/term-stats.ts';
import { readRows } from './company-file.ts';
import { rounded } from './figures.ts';

export interface ReferenceFigures {
  /** Queries whose id the reference has: the others have no right answer. */
  readonly n: number;
  readonly recallAt1: number;
  readonly recallAt20: number;
}

const rowBudget = 1_500;
const deepest = 20;

/** Looks each query up among the reference texts. Recall at k: the right id is among the k best different ids. */
export async function evalReference(paths: { reference: string; queries: string }, text: string, id: string): Promise<ReferenceFigures> {
  const reference = await readRows(paths.reference, [text, id]);
  const queries = await readRows(paths.queries, [text, id]);
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
  const within = (k: number): number => rounded(ranks.filter((rank) => rank >= 0 && rank < k).length / Math.max(1, ranks.length));
  return { n: ranks.length, recallAt1: within(1), recallAt20: within(deepest) };
}

/** Texts like "Department of Physics, University of Oxford, UK" name several things; each part is a name. */
function namedBy(text: string): NormalisedCompany {
  const parts = text.split(/[,;]/).map((part) => part.trim());
  return normaliseCompany({ name: text, aliases: parts.length > 1 ? parts.filter((part) => part.includes(' ')).reverse() : [] });
}

/** Bits, and between equals the share of all words that both have. */
function closeness(query: NormalisedCompany, company: NormalisedCompany, model: typeof defaultModel): number {
  const [left, right] = [prepareCompany(query, model.terms), prepareCompany(company, model.terms)];
  return matchCompanies(query, company, model).bits + likeness(left, right);
}

function likeness(left: PreparedCompany, right: PreparedCompany): number {
  const best = compareNames(left, right);
  const { shared, onlyLeft, onlyRight } = alignWords(best.left, best.right);
  return shared / Math.max(1, shared + onlyLeft + onlyRight);
}
