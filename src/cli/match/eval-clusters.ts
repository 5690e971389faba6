import { candidatePairs, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import type { MatchField, NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { fitByExpectation } from '#src/domain/matching/learning/fit-em.ts';
import { fitByLabels } from '#src/domain/matching/learning/fit-labels.ts';
import { bitsOf, type MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import {
  countPatterns,
  mergedPatterns,
  type LabelledPattern,
  type PatternCounter,
  type PatternCounts,
} from '#src/domain/matching/learning/patterns.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { countTerms } from '#src/domain/matching/names/term-stats.ts';
import { companyOf, readCompanyRows, usualMap, type ColumnMap } from './company-file.ts';
import { bestRow, rounded, rowAt, type Row, type Scored } from './figures.ts';
import { kindOf, kindOfPair, pairErrors, type LabelledMatch } from './pair-errors.ts';

export interface ClusterFigures {
  readonly n: number;
  readonly truePairs: number;
  readonly candidatePairs: number;
  /** The share of true pairs that are compared at all. */
  readonly blockingRecall: number;
  readonly default: Row;
  readonly best: Row;
  /** Weights learnt from four fifths of the clusters, judged on the last, for each fifth; at even odds. */
  readonly labelled: Row;
}

export interface ClusterOptions {
  readonly id: string;
  readonly source: string | null;
  readonly map: ColumnMap | null;
  /** The number of errors of the default row to print. */
  readonly worst: number;
}

/** Pairs a key may make; what more records share is looked at by their other keys. */
const limits = { strong: 500, weak: 100 };
/** Even odds: no label moves it. */
const evenOdds = 0;
const folds = 5;

/** Kinds of key that a pass of the fit looks at, and the fields they are made of. */
const passes: readonly { readonly kinds: readonly string[]; readonly leftOut: readonly MatchField[] }[] = [
  { kinds: ['tel'], leftOut: ['phone'] },
  { kinds: ['dom'], leftOut: ['domain'] },
  { kinds: ['name', 'tok', 'cat', 'acr', 'snd'], leftOut: ['name', 'words', 'numbers'] },
  { kinds: ['addr', 'zip'], leftOut: ['address', 'postcode'] },
];

interface Records {
  readonly companies: readonly NormalisedCompany[];
  readonly clusters: readonly string[];
  /** Null when all pairs count, and not only those across sources. */
  readonly sources: readonly string[] | null;
  readonly kinds: readonly (string | null)[];
}

/**
 * All pairs that share a key, against the pairs that share a cluster. The default row knows no label: how
 * often words occur is counted in the file, and the weights of fields that can be learnt without labels are
 * fitted to it by expectation and maximisation.
 */
export async function evalClusters(
  path: string,
  { id, source, map, worst }: ClusterOptions,
): Promise<ClusterFigures> {
  const rows = await readCompanyRows(path, [
    id,
    ...(source === null ? [] : [source]),
    ...Object.values(map ?? {}),
  ]);
  const columns = map ?? usualMap(rows[0]);
  const records: Records = {
    companies: rows.map((row) => normaliseCompany(companyOf(row, columns))),
    clusters: rows.map((row) => row[id] ?? ''),
    sources: source === null ? null : rows.map((row) => row[source] ?? ''),
    kinds: rows.map(kindOf),
  };
  const start: MatchModel = {
    ...defaultModel,
    terms: countTerms(
      records.companies.map(({ core }) => core),
      1,
    ),
  };
  const counters = countByFolds(records, start);
  const labelled = mergedPatterns(counters.flat().map((counter) => counter.labelled()));
  const model = fitByExpectation(passCounts(records, start), countsOf(labelled), start);
  const truth = truePairs(records);
  const scored = scoredBy(model, labelled);
  if (worst > 0) printErrors(records, model, worst);
  const same = labelled.reduce((sum, one) => sum + one.same, 0);
  return {
    n: rows.length,
    truePairs: truth,
    candidatePairs: labelled.reduce((sum, one) => sum + one.same + one.different, 0),
    blockingRecall: rounded(same / Math.max(1, truth)),
    default: rowAt(evenOdds, scored, truth),
    best: bestRow(scored, truth),
    labelled: rowAt(evenOdds, crossValidated(counters, model), truth),
  };
}

function* pairsOf(
  { companies, sources }: Records,
  kinds?: readonly string[],
): Generator<readonly [number, number]> {
  const index = indexCompanies(companies, kinds && new Set(kinds));
  for (const [left, right] of candidatePairs(companies, index, limits)) {
    if (sources === null || sources[left] !== sources[right]) yield [left, right];
  }
}

/** Comparisons by the folds of the two records' clusters. */
function countByFolds(records: Records, { terms }: MatchModel): readonly (readonly PatternCounter[])[] {
  const ordered = [...new Set(records.clusters)];
  const foldOf = new Map(ordered.map((cluster, at) => [cluster, at % folds]));
  const counters = Array.from({ length: folds }, () =>
    Array.from({ length: folds }, () => countPatterns(terms)),
  );
  const fold = (at: number): number => foldOf.get(records.clusters[at] ?? '') ?? 0;
  for (const [left, right] of pairsOf(records))
    addPair(counters[fold(left)]?.[fold(right)], records, left, right);
  return counters;
}

function addPair(
  counter: PatternCounter | undefined,
  { companies, clusters }: Records,
  left: number,
  right: number,
): void {
  const [a, b] = [companies[left], companies[right]];
  if (!counter || !a || !b) throw new RangeError(`no pair ${left}, ${right}`);
  counter.add(a, b, clusters[left] === clusters[right]);
}

function passCounts(records: Records, { terms }: MatchModel) {
  return passes.map(({ kinds, leftOut }) => {
    const counter = countPatterns(terms);
    for (const [left, right] of pairsOf(records, kinds)) addPair(counter, records, left, right);
    return { counts: countsOf(counter.labelled()), leftOut };
  });
}

/** The labels thrown away: what a fit without them may see. */
function countsOf(labelled: readonly LabelledPattern[]): PatternCounts {
  const patterns = labelled.map(({ levels, same, different }) => ({ levels, count: same + different }));
  return { patterns, pairs: patterns.reduce((sum, { count }) => sum + count, 0) };
}

function scoredBy(model: MatchModel, labelled: readonly LabelledPattern[]): readonly Scored[] {
  return labelled.map(({ levels, same, different }) => ({ score: bitsOf(levels, model), same, different }));
}

/** Each pair judged by a model that saw no record of its first record's fifth of the clusters. */
function crossValidated(
  counters: readonly (readonly PatternCounter[])[],
  prior: MatchModel,
): readonly Scored[] {
  return counters.flatMap((judged, fold) => {
    const seen = counters.flatMap((line, left) => line.filter((_, right) => left !== fold && right !== fold));
    const model = fitByLabels(mergedPatterns(seen.map((counter) => counter.labelled())), prior);
    return scoredBy(model, mergedPatterns(judged.map((counter) => counter.labelled())));
  });
}

function truePairs({ clusters, sources }: Records): number {
  const pairs = (groups: Iterable<readonly number[]>): number =>
    [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const all = pairs(groupBy(clusters, (at) => clusters[at] ?? '').values());
  return sources === null
    ? all
    : all - pairs(groupBy(clusters, (at) => `${clusters[at]}\n${sources[at]}`).values());
}

function groupBy(records: readonly string[], key: (at: number) => string): Map<string, number[]> {
  return Map.groupBy(records.keys(), key);
}

function printErrors(records: Records, model: MatchModel, worst: number): void {
  const { companies, clusters, kinds } = records;
  const judged = [...pairsOf(records)].flatMap(([left, right]): readonly LabelledMatch[] => {
    const [a, b] = [companies[left], companies[right]];
    if (!a || !b) return [];
    const kind = kindOfPair(kinds[left] ?? null, kinds[right] ?? null);
    return [{ match: matchCompanies(a, b, model), same: clusters[left] === clusters[right], kind }];
  });
  for (const line of pairErrors(judged, evenOdds, worst)) console.error(line);
}
