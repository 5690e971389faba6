/**
 * Fellegi–Sunter without labels, by expectation and maximisation. How often a level occurs among pairs that
 * are one company (m) is learnt from several passes, each over the pairs that share a key of one kind,
 * without the fields that key is made of. How often it occurs among pairs that are not (u) is then learnt
 * from all pairs that will be scored: beside random pairs, whose fields hardly ever agree, two branches with
 * one telephone would pass for one place.
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

/**
 * Pairs that share a key of one kind. The fields that key is made of say nothing about them, so they are left
 * out of the pass.
 */
export interface BlockedPass {
  readonly counts: PatternCounts;
  readonly leftOut: readonly MatchField[];
}

/**
 * Fields that few companies share by chance. With fewer than two of them, what looks like a class of matches
 * may be anything.
 */
const identifying: readonly Feature[] = ['registry_id', 'domain', 'phone', 'address'];
const fewestIdentifying = 2;
const rounds = 60;
const nearlyAll = 0.8;
/** Pairs supposed of each category beforehand, so that none is impossible. */
const smoothing = 0.5;
/** No level is worth more, however clean the sample. */
const mostBits = 10;
/** A field that fewer pairs of one company have keeps the weights it had. */
const fewestPairs = 30;

/**
 * @param candidates all pairs that will be scored
 * @param start what the data cannot say stays as it is there; all of it, where the data has too few fields to
 * check one by another
 */
export function fitByExpectation(
  passes: readonly BlockedPass[],
  candidates: PatternCounts,
  start: MatchModel,
): MatchModel {
  const fitted = passes.map(fitPass);
  const m = new Map(features.map((feature) => [feature, averaged(feature, fitted)]));
  if (identifying.filter((feature) => (m.get(feature)?.total ?? 0) >= fewestPairs).length < fewestIdentifying)
    return start;
  const { bits, priorBits } = fitBackground(candidates, m, start);
  return { ...withBits(start, bits), priorBits };
}

/**
 * What is counted: each field by itself, but the name together with its words, because they say much of the
 * same.
 */
type Feature = Exclude<MatchField, 'words'>;
const features: readonly Feature[] = singleFields;

/** The level, or for the name both levels; null when the feature is missing. */
function categoryOf(feature: Feature, levels: Levels): string | null {
  const level = levels[feature];
  if (level === 'missing') return null;
  return feature === 'name' ? `${level} ${levels.words}` : level;
}

const nameCategories = evidenceLevels.flatMap((name) => evidenceLevels.map((words) => `${name} ${words}`));

function categoriesOf(feature: Feature): readonly string[] {
  return feature === 'name' ? nameCategories : evidenceLevels;
}

/** Bits, or shares, by category. */
type ByCategory = ReadonlyMap<string, number>;

interface Shares {
  readonly total: number;
  readonly of: ByCategory;
}

/** Shares of the categories of one feature, each pair weighing what `weights` says of its pattern. */
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

/** m of each feature the pass may look at. */
function fitPass({ counts, leftOut }: BlockedPass): AllShares {
  const used = features.filter((feature) => !leftOut.includes(feature));
  let odds: readonly number[] = counts.patterns.map(({ levels }) => firstGuess(used, levels));
  let m: AllShares = new Map();
  for (let round = 0; round < rounds; round++) {
    const { same, other } = divided(counts, odds);
    m = new Map(used.map((feature) => [feature, sharesOf(feature, counts, same)]));
    const u = new Map(used.map((feature) => [feature, sharesOf(feature, counts, other)]));
    const bits = new Map(used.map((feature) => [feature, bitsBetween(m.get(feature), u.get(feature))]));
    odds = oddsOf(counts, bits, priorOf(counts, same));
  }
  return m;
}

/**
 * u of each feature among all pairs to be scored, and how many of them are one company, with m as it was
 * found.
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
    const { same, other } = divided(counts, odds);
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

/** How many pairs of each pattern are one company, and how many are not. */
function divided(
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

/**
 * Pairs that agree on nearly all they have are mostly one company: where to begin, for the data to correct.
 */
function firstGuess(used: readonly Feature[], levels: Levels): number {
  const known = used.filter((feature) => levels[feature] !== 'missing');
  const agreeing = known.filter(
    (feature) => levels[feature] === 'exact' || levels[feature] === 'strong',
  ).length;
  const half = known.filter((feature) => levels[feature] === 'close' || levels[feature] === 'weak').length;
  return (agreeing + half / 2) / known.length >= nearlyAll ? 0.9 : 0.02;
}

/** Null when too few pairs have the feature to say anything. */
function bitsBetween(m: Shares | undefined, u: Shares | undefined): ByCategory | null {
  if (!m || !u || m.total < fewestPairs || u.total < fewestPairs) return null;
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

/** By the passes that looked at the feature, each as much as it saw. */
function averaged(feature: Feature, passes: readonly AllShares[]): Shares {
  const seen = passes.flatMap((pass) => pass.get(feature) ?? []);
  const total = seen.reduce((sum, one) => sum + one.total, 0);
  const share = (category: string): number =>
    seen.reduce((sum, one) => sum + (one.total / total) * (one.of.get(category) ?? 0), 0);
  return { total, of: new Map(categoriesOf(feature).map((category) => [category, share(category)])) };
}

/** What the model gives each category. */
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
  // A name of ordinary rarity says what it says; rarer and more common words add to it or take from it.
  const name = levelBits((level) => both(level, ordinary));
  const words = Object.fromEntries(
    evidenceLevels.map((level) => [level, levelBits((rarity) => both(level, rarity) - name[level])]),
  );
  return {
    ...start,
    weights: { ...Object.fromEntries(single), name } as MatchModel['weights'],
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
  return Math.max(-mostBits, Math.min(mostBits, bits));
}

function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

function logOdds(share: number): number {
  return Math.log2(share / (1 - share));
}
