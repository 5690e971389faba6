import {
  matchFields,
  matchLevels,
  type MatchField,
  type MatchLevel,
  type NormalisedCompany,
} from '#src/domain/matching/company.ts';
import { compareCompanies } from '#src/domain/matching/compare.ts';
import type { Levels } from '#src/domain/matching/model.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';
import type { TermStats } from '#src/domain/matching/names/term-stats.ts';

/**
 * All pairs with the same comparison result. A fit uses some thousand patterns instead of millions of pairs.
 */
export interface LabelledPattern {
  readonly levels: Levels;
  /** The number of pairs that are known to be the same company. */
  readonly same: number;
  readonly different: number;
}

export interface PatternCounts {
  readonly patterns: readonly { readonly levels: Levels; readonly count: number }[];
  readonly pairs: number;
}

/** Counts comparisons one at a time. The memory depends only on the number of patterns. */
export interface PatternCounter {
  add(left: NormalisedCompany, right: NormalisedCompany, same: boolean): void;
  labelled(): readonly LabelledPattern[];
}

export function countPatterns(terms: TermStats): PatternCounter {
  const found = new Map<number, { same: number; different: number }>();
  return {
    add(left, right, same) {
      const pattern = patternOf(compareCompanies(prepareCompany(left, terms), prepareCompany(right, terms)));
      let counts = found.get(pattern);
      if (!counts) found.set(pattern, (counts = { same: 0, different: 0 }));
      if (same) counts.same++;
      else counts.different++;
    },
    labelled: () => [...found].map(([pattern, counts]) => ({ levels: levelsOf(pattern), ...counts })),
  };
}

/** Adds up the counts of several lists. */
export function mergedPatterns(parts: readonly (readonly LabelledPattern[])[]): readonly LabelledPattern[] {
  const merged = new Map<number, LabelledPattern>();
  for (const one of parts.flat()) {
    const pattern = patternOf(one.levels);
    const known = merged.get(pattern);
    merged.set(
      pattern,
      known ? { ...one, same: known.same + one.same, different: known.different + one.different } : one,
    );
  }
  return [...merged.values()];
}

const levelIndex: Readonly<Record<MatchLevel, number>> = {
  exact: 0,
  strong: 1,
  close: 2,
  weak: 3,
  different: 4,
  missing: 5,
};

/** Encodes a comparison as a number with one digit per field. */
function patternOf(levels: Levels): number {
  let pattern = 0;
  for (const field of matchFields) pattern = pattern * matchLevels.length + levelIndex[levels[field]];
  return pattern;
}

function levelsOf(pattern: number): Levels {
  const entries: [MatchField, MatchLevel][] = [];
  let rest = pattern;
  for (const field of matchFields.toReversed()) {
    entries.push([field, matchLevels[rest % matchLevels.length] ?? 'missing']);
    rest = Math.floor(rest / matchLevels.length);
  }
  return Object.fromEntries(entries) as Record<MatchField, MatchLevel>;
}
