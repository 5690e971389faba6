/**
 * Fellegi–Sunter without labels, by expectation maximisation. The frequency of a level among pairs that are
 * the same company (m) is estimated in several passes. Each pass uses the pairs that share a key of one kind,
 * without the fields of that key. The frequency among other pairs (u) is then estimated from all pairs that
 * will be scored. Random pairs would not do: their fields hardly ever agree, so that two branches with one
 * phone number would look like the same company.
 */
import type { MatchField } from '#src/domain/matching/company.ts';
import {
  singleFields,
  evidenceLevels,
  type FieldWeights,
  type Levels,
  type MatchModel,
  type EvidenceLevel,
} from '#src/domain/matching/model.ts';
import type { PatternCounts } from './patterns.ts';

/** Pairs that share a key of one kind. The fields of that key always agree, so the pass leaves them out. */
export interface BlockedPass {
  readonly counts: PatternCounts;
  readonly leftOut: readonly MatchField[];
}

/**
 * Fields that few companies share by chance. With fewer than two of them, the found class may not be matches
 * at all.
 */
const identifying: readonly Feature[] = ['registry_id', 'domain', 'phone', 'address'];
const minIdentifying = 2;
const rounds = 60;
const nearlyAll = 0.8;
/** Pairs that are assumed for each category in advance, so that no category is impossible. */
const smoothing = 0.5;
/** The upper limit of a level's value, even in a very clean sample. */
const maxBits = 10;
/** A field that fewer pairs of the same company have keeps its previous weights. */
const minPairs = 30;

/**
 * @param candidates all pairs that will be scored
 * @param start the model that provides everything the data cannot show. It is returned unchanged if the data
 * has too few
 *   identifying fields to confirm one by another
 */
export function fitByExpectation(
  passes: readonly BlockedPass[],
  candidates: PatternCounts,
  start: MatchModel,
): MatchModel {
  const fitted = passes.map(fitPass);
  const m = new Map(features.map((feature) => [feature, averaged(feature, fitted)]));
  if (identifying.filter((feature) => (m.get(feature)?.total ?? 0) >= minPairs).length < minIdentifying)
    return start;
  const { bits, priorBits } = fitBackground(candidates, m, start);
  return { ...withBits(start, bits), priorBits };
}

/**
 * Each field is counted separately, but the name together with its words, because the two are not
 * independent.
 */
type Feature = Exclude<MatchField, 'words'>;
const features: readonly Feature[] = singleFields;

/** The level of a feature; for the name, the levels of name and words. Null if the feature is missing. */
function categoryOf(feature: Feature, levels: Levels): string | null {
  const level = levels[feature];
  if (level === 'missing') return null;
  return feature === 'name' ? `${level} ${levels.words}` : level;
}

const nameCategories = evidenceLevels.flatMap((name) => evidenceLevels.map((words) => `${name} ${words}`));

function categoriesOf(feature: Feature): readonly string[] {
  return feature === 'name' ? nameCategories : evidenceLevels;
}

/** Bits or shares by category. */
type ByCategory = ReadonlyMap<string, number>;

interface Shares {
  readonly total: number;
  readonly of: ByCategory;
}

/** Shares of the categories of one feature. Pairs are weighted by the `weights` of their patterns. */
function sharesOf(feature: Feature, { patterns }: PatternCounts, weights: readonly number[]): Shares {
  const categories = categoriesOf(feature);
  const sums = new Map(categories.map((category) => [category, smoothing]));
  let total = 0;
  for (const [at, { levels }] of patterns.entries()) {
    const category = categoryOf(feature, levels);
    if (category === null) continue;
    const weight = weights[at] ?? 0;
    sums.set(category, (sums.get(category) ?? 0) + weight);
    total += weight;
  }
  return {
    total,
    of: new Map(
      [...sums].map(([category, sum]) => [category, sum / (total + smoothing * categories.length)]),
    ),
  };
}

type AllShares = ReadonlyMap<Feature, Shares>;

/** Estimates m for each feature that the pass may use. */
function fitPass({ counts, leftOut }: BlockedPass): AllShares {
  const used = features.filter((feature) => !leftOut.includes(feature));
  let odds: readonly number[] = counts.patterns.map(({ levels }) => firstGuess(used, levels));
  let m: AllShares = new Map();
  for (let round = 0; round < rounds; round++) {
    const { same, other } = splitByOdds(counts, odds);
    m = new Map(used.map((feature) => [feature, sharesOf(feature, counts, same)]));
    const u = new Map(used.map((feature) => [feature, sharesOf(feature, counts, other)]));
    const bits = new Map(used.map((feature) => [feature, bitsBetween(m.get(feature), u.get(feature))]));
    odds = oddsOf(counts, bits, priorOf(counts, same));
  }
  return m;
}

/**
 * Estimates, for given m, u of each feature among all pairs to be scored and the share of the same company.
 */
function fitBackground(
  counts: PatternCounts,
  m: AllShares,
  start: MatchModel,
): { bits: ReadonlyMap<Feature, ByCategory>; priorBits: number } {
  let odds: readonly number[] = counts.patterns.map(({ levels }) => firstGuess(features, levels));
  let bits: ReadonlyMap<Feature, ByCategory> = new Map();
  let priorBits = start.priorBits;
  for (let round = 0; round < rounds; round++) {
    const { same, other } = splitByOdds(counts, odds);
    priorBits = priorOf(counts, same);
    bits = new Map(
      features.map((feature) => [
        feature,
        bitsBetween(m.get(feature), sharesOf(feature, counts, other)) ?? bitsIn(start, feature),
      ]),
    );
    odds = oddsOf(counts, bits, priorBits);
  }
  return { bits, priorBits };
}

/** Splits the pairs of each pattern into those that are the same company and the others. */
function splitByOdds(
  { patterns }: PatternCounts,
  odds: readonly number[],
): { same: readonly number[]; other: readonly number[] } {
  return {
    same: patterns.map(({ count }, at) => count * (odds[at] ?? 0)),
    other: patterns.map(({ count }, at) => count * (1 - (odds[at] ?? 0))),
  };
}

function priorOf({ pairs }: PatternCounts, same: readonly number[]): number {
  return logOdds((same.reduce((sum, one) => sum + one, 0) + smoothing) / (pairs + 2 * smoothing));
}

function oddsOf(
  { patterns }: PatternCounts,
  bits: ReadonlyMap<Feature, ByCategory | null>,
  priorBits: number,
): readonly number[] {
  return patterns.map(({ levels }) => probability(priorBits + sumOf(bits, levels)));
}

/** The starting point: pairs that agree in nearly all known fields are probably the same company. */
function firstGuess(used: readonly Feature[], levels: Levels): number {
  const known = used.filter((feature) => levels[feature] !== 'missing');
  const agreeing = known.filter(
    (feature) => levels[feature] === 'exact' || levels[feature] === 'strong',
  ).length;
  const half = known.filter((feature) => levels[feature] === 'close' || levels[feature] === 'weak').length;
  return (agreeing + half / 2) / known.length >= nearlyAll ? 0.9 : 0.02;
}

/** Null if too few pairs have the feature. */
function bitsBetween(m: Shares | undefined, u: Shares | undefined): ByCategory | null {
  if (!m || !u || m.total < minPairs || u.total < minPairs) return null;
  return new Map(
    [...m.of].map(([category, share]) => [category, clamp(Math.log2(share / (u.of.get(category) ?? share)))]),
  );
}

function sumOf(bits: ReadonlyMap<Feature, ByCategory | null>, levels: Levels): number {
  let sum = 0;
  for (const [feature, ofCategory] of bits) {
    const category = categoryOf(feature, levels);
    if (category !== null) sum += ofCategory?.get(category) ?? 0;
  }
  return sum;
}

/** The average over the passes that used the feature, weighted by their numbers of pairs. */
function averaged(feature: Feature, passes: readonly AllShares[]): Shares {
  const seen = passes.flatMap((pass) => pass.get(feature) ?? []);
  const total = seen.reduce((sum, one) => sum + one.total, 0);
  const share = (category: string): number =>
    seen.reduce((sum, one) => sum + (one.total / total) * (one.of.get(category) ?? 0), 0);
  return { total, of: new Map(categoriesOf(feature).map((category) => [category, share(category)])) };
}

/** The model's bits of each category. */
function bitsIn(model: MatchModel, feature: Feature): ByCategory {
  const { weights, words } = model;
  if (feature !== 'name') return new Map(evidenceLevels.map((level) => [level, weights[feature][level]]));
  return new Map(
    evidenceLevels.flatMap((name) =>
      evidenceLevels.map((level) => [`${name} ${level}`, weights.name[name] + words[name][level]] as const),
    ),
  );
}

function withBits(start: MatchModel, bits: ReadonlyMap<Feature, ByCategory>): MatchModel {
  const single = features
    .filter((feature) => feature !== 'name')
    .map((feature) => [feature, levelBits((level) => bits.get(feature)?.get(level) ?? 0)]);
  const both = (name: EvidenceLevel, words: EvidenceLevel): number =>
    bits.get('name')?.get(`${name} ${words}`) ?? 0;
  // The name has the bits of words of ordinary rarity; rarer words add to them, more common words subtract.
  const name = levelBits((level) => both(level, ordinary));
  const words = Object.fromEntries(
    evidenceLevels.map((level) => [level, levelBits((rarity) => both(level, rarity) - name[level])]),
  );
  return {
    ...start,
    // The weight of different numbers is not learned: site I and site II of one organisation agree in most other
    // fields, so they look like one company with two numbers.
    weights: { ...Object.fromEntries(single), name, numbers: start.weights.numbers } as MatchModel['weights'],
    words: words as MatchModel['words'],
  };
}

const ordinary: EvidenceLevel = 'strong';

function levelBits(of: (level: EvidenceLevel) => number): FieldWeights {
  return {
    exact: of('exact'),
    strong: of('strong'),
    close: of('close'),
    weak: of('weak'),
    different: of('different'),
  };
}

function clamp(bits: number): number {
  return Math.max(-maxBits, Math.min(maxBits, bits));
}

function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

function logOdds(share: number): number {
  return Math.log2(share / (1 - share));
}
