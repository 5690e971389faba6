/**
 * Fits a model to labelled pairs: ridge logistic regression towards the prior model, so that few answers
 * change it little; then weights that fall from level to level; then a calibration. The result is still a sum
 * of bits that can be explained.
 */
import { isotonicSteps, type Observation } from './isotonic.ts';
import {
  bitsOf,
  singleFields,
  evidenceLevels,
  type FieldWeights,
  type Levels,
  type MatchModel,
  type SingleField,
  type EvidenceLevel,
} from '#src/domain/matching/model.ts';
import type { LabelledPattern } from './patterns.ts';
import { solve } from './solve.ts';

/** The strength of the prior, as the number of answers with the same influence on a weight. */
const ridge: number = 0.5;
const newtonSteps = 25;
const ln2 = Math.log(2);

export function fitByLabels(labelled: readonly LabelledPattern[], prior: MatchModel): MatchModel {
  if (labelled.length === 0) return prior;
  const monotone = monotoneWeights(logistic(labelled, prior), labelled);
  const model = { ...monotone, priorBits: refitPrior(labelled, monotone) };
  return { ...model, calibration: calibrate(labelled, model) };
}

/** One table of weights: for a field, or for the words at one level of the name. */
interface Table {
  readonly levelIn: (levels: Levels) => Levels['name'];
  readonly of: (model: MatchModel) => FieldWeights;
}

const fieldTables = singleFields.map((field): Table => ({
  levelIn: (levels) => levels[field],
  of: ({ weights }) => weights[field],
}));
const wordTables = evidenceLevels.map((name): Table => ({
  levelIn: (levels) => (levels.name === name ? levels.words : 'missing'),
  of: ({ words }) => words[name],
}));
const tables: readonly Table[] = [...fieldTables, ...wordTables];
const columnCount = tables.length * evidenceLevels.length;

/** Newton's method on the weights, in bits. The last column is the prior odds. */
function logistic(labelled: readonly LabelledPattern[], prior: MatchModel): MatchModel {
  const rows = labelled.map(({ levels, same, different }) => ({
    active: activeColumns(levels),
    same,
    different,
  }));
  const start = [
    ...tables.flatMap(({ of }) => evidenceLevels.map((level) => of(prior)[level])),
    prior.priorBits,
  ];
  let weights = start;
  for (let step = 0; step < newtonSteps; step++) {
    const gradient = start.map((bits, at) => ridge * (bits - (weights[at] ?? 0)));
    const hessian = start.map((_, row) => start.map((__, column) => (row === column ? ridge : 0)));
    for (const { active, same, different } of rows) {
      const p = probability(sumAt(weights, active));
      const slope = ln2 * (same * (1 - p) - different * p);
      const curve = ln2 * ln2 * (same + different) * p * (1 - p);
      for (const a of active) {
        gradient[a] = (gradient[a] ?? 0) + slope;
        const line = hessian[a];
        if (line) for (const b of active) line[b] = (line[b] ?? 0) + curve;
      }
    }
    const move = solve(hessian, gradient);
    weights = weights.map((bits, at) => bits + limited(move[at] ?? 0));
    if (move.every((one) => Math.abs(one) < 1e-6)) break;
  }
  return withWeights(prior, weights);
}

/** Limits a step, because a full step overshoots far from the solution. */
function limited(move: number): number {
  return Math.max(-3, Math.min(3, move));
}

function activeColumns(levels: Levels): readonly number[] {
  const active: number[] = [];
  for (const [at, { levelIn }] of tables.entries()) {
    const level = levelIn(levels);
    if (level !== 'missing') active.push(at * evidenceLevels.length + evidenceLevels.indexOf(level));
  }
  return [...active, columnCount];
}

function sumAt(weights: readonly number[], active: readonly number[]): number {
  let sum = 0;
  for (const at of active) sum += weights[at] ?? 0;
  return sum;
}

function withWeights(model: MatchModel, bits: readonly number[]): MatchModel {
  const table = (at: number): FieldWeights => {
    const [exact = 0, strong = 0, close = 0, weak = 0, different = 0] = bits.slice(
      at * evidenceLevels.length,
    );
    return { exact, strong, close, weak, different };
  };
  return withTables({ ...model, priorBits: bits[columnCount] ?? model.priorBits }, table);
}

function withTables(model: MatchModel, table: (at: number) => FieldWeights): MatchModel {
  const weights = singleFields.map((field: SingleField, at) => [field, table(at)]);
  const words = evidenceLevels.map((level, at) => [level, table(singleFields.length + at)]);
  return {
    ...model,
    weights: Object.fromEntries(weights) as MatchModel['weights'],
    words: Object.fromEntries(words) as MatchModel['words'],
  };
}

/**
 * The closest weights, by frequency of the levels, for which a better level never counts less for a match.
 */
function monotoneWeights(model: MatchModel, labelled: readonly LabelledPattern[]): MatchModel {
  return withTables(model, (at) => {
    const table = tables[at];
    if (!table) throw new RangeError(`no table ${at}`);
    const pairsAt = (level: EvidenceLevel): number =>
      labelled.reduce(
        (sum, one) => sum + (table.levelIn(one.levels) === level ? one.same + one.different : 0),
        ridge,
      );
    const rising = evidenceLevels
      .toReversed()
      .map((level, x): Observation => ({ x, y: table.of(model)[level], weight: pairsAt(level) }));
    const steps = isotonicSteps(rising);
    const bits = (x: number): number => steps.find(({ from, to }) => x >= from && x <= to)?.y ?? 0;
    return { exact: bits(4), strong: bits(3), close: bits(2), weak: bits(1), different: bits(0) };
  });
}

/** Finds the prior with which the expected number of matches equals the observed number. */
function refitPrior(labelled: readonly LabelledPattern[], model: MatchModel): number {
  const observed = labelled.reduce((sum, { same }) => sum + same, 0);
  let [low, high] = [-30, 30];
  for (let round = 0; round < 60; round++) {
    const priorBits = (low + high) / 2;
    const expected = labelled.reduce(
      (sum, one) =>
        sum + (one.same + one.different) * probability(bitsOf(one.levels, { ...model, priorBits })),
      0,
    );
    if (expected < observed) low = priorBits;
    else high = priorBits;
  }
  return (low + high) / 2;
}

/** Steps with fewer pairs are joined with their neighbours, because they would be chance. */
const minPairs = 30;

/** Maps sums of bits to probabilities: the shares of pairs with these sums that were the same company. */
export function calibrate(
  labelled: readonly LabelledPattern[],
  model: MatchModel,
): MatchModel['calibration'] {
  const observed = labelled.map((one): Observation => {
    const weight = one.same + one.different;
    return { x: bitsOf(one.levels, model), y: one.same / weight, weight };
  });
  const steps = isotonicSteps(grouped(observed));
  // Adds half a pair of each kind, so that no probability is 0 or 1.
  return steps
    .map(({ x, y, weight }): readonly [number, number] => [x, (y * weight + 0.5) / (weight + 1)])
    .toSorted((a, b) => a[0] - b[0]);
}

function grouped(observed: readonly Observation[]): readonly Observation[] {
  const groups: Observation[] = [];
  let open: Observation | null = null;
  for (const one of observed.toSorted((a, b) => a.x - b.x)) {
    open = open === null ? one : joined(open, one);
    if (open.weight < minPairs) continue;
    groups.push(open);
    open = null;
  }
  const last = groups.pop();
  const rest = open === null ? last : last === undefined ? open : joined(last, open);
  return rest === undefined ? groups : [...groups, rest];
}

function joined(a: Observation, b: Observation): Observation {
  const weight = a.weight + b.weight;
  return {
    x: (a.x * a.weight + b.x * b.weight) / weight,
    y: (a.y * a.weight + b.y * b.weight) / weight,
    weight,
  };
}

function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}
