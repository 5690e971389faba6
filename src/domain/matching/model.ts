import { z } from 'zod';
import { matchFields, matchLevels, type MatchField, type MatchLevel } from './company.ts';

/** The levels that count as evidence: all except `missing`. */
export type EvidenceLevel = Exclude<MatchLevel, 'missing'>;
export const evidenceLevels: readonly EvidenceLevel[] = matchLevels.filter((level) => level !== 'missing');

const weight = z.number();
const fieldWeights = z
  .object({ exact: weight, strong: weight, close: weight, weak: weight, different: weight })
  .readonly();
export type FieldWeights = z.infer<typeof fieldWeights>;

/** Fields with separate weights. The weight of shared words depends on the level of the name. */
export type SingleField = Exclude<MatchField, 'words'>;
export const singleFields: readonly SingleField[] = matchFields.filter((field) => field !== 'words');

/** The price of a conflict without an alert, and of an alert without a conflict. Only their ratio counts. */
const errorPrices = z.object({ missed: z.number().positive(), falseAlert: z.number().positive() }).readonly();
export type ErrorPrices = z.infer<typeof errorPrices>;

/** All parameters of scoring, as plain JSON. The version is stored with every decision. */
export const matchModelSchema = z
  .object({
    version: z.string(),
    /** log2 of the odds that two companies that share a key are the same. */
    priorBits: z.number(),
    /** Bits per level: log2 of how much likelier the level is for pairs that are the same company. */
    weights: z.record(z.enum(singleFields), fieldWeights).readonly(),
    /** Level of the name → level of the words: bits that rare or common words add to those of the name. */
    words: z.record(z.enum(evidenceLevels), fieldWeights).readonly(),
    /**
     * Points (sum of bits, probability) of a line that never falls: linear between the points, flat outside.
     */
    calibration: z
      .array(z.tuple([z.number(), z.number().min(0).max(1)]).readonly())
      .min(1)
      .readonly(),
    /** The smallest sums of bits for the verdicts. */
    thresholds: z.object({ same: z.number(), related: z.number() }).readonly(),
    /** The prices that the thresholds were fitted with. Absent for thresholds that were set by hand. */
    errorPrices: errorPrices.optional(),
    /** Frequencies of words in names. */
    terms: z
      .object({ names: z.int().positive(), counts: z.record(z.string(), z.int()).readonly() })
      .readonly(),
  })
  .readonly();
export type MatchModel = z.infer<typeof matchModelSchema>;

/** A level for each field. */
export type Levels = Readonly<Record<MatchField, MatchLevel>>;

/** The sum of all evidence of a comparison, including the prior. */
export function bitsOf(levels: Levels, model: MatchModel): number {
  let bits = model.priorBits;
  for (const field of matchFields) bits += weightOf(model, field, levels);
  return bits;
}

export function weightOf({ weights, words }: MatchModel, field: MatchField, levels: Levels): number {
  const level = levels[field];
  if (level === 'missing') return 0;
  if (field !== 'words') return weights[field][level];
  return levels.name === 'missing' ? 0 : words[levels.name][level];
}

/** The probability for a sum of bits. */
export function calibrated(points: MatchModel['calibration'], bits: number): number {
  const after = points.findIndex(([at]) => at > bits);
  if (after === 0) return points[0]?.[1] ?? 0;
  if (after < 0) return points.at(-1)?.[1] ?? 0;
  const [x0 = 0, y0 = 0] = points[after - 1] ?? [];
  const [x1 = 0, y1 = 0] = points[after] ?? [];
  return y0 + ((y1 - y0) * (bits - x0)) / (x1 - x0);
}
