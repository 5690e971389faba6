import type { CompanyMatch } from '#src/domain/matching/company.ts';
import type { CsvRow } from './company-file.ts';

export interface LabelledMatch {
  readonly match: CompanyMatch;
  readonly same: boolean;
  /** The kind of the pair, or null if the file has no kinds. */
  readonly kind: string | null;
}

/** The pairs the model is most wrong about, a line each, for somebody to read. */
export function pairErrors(
  judged: readonly LabelledMatch[],
  threshold: number,
  worst: number,
): readonly string[] {
  return judged
    .filter(({ match, same }) => match.bits >= threshold !== same)
    .toSorted((a, b) => Math.abs(b.match.bits - threshold) - Math.abs(a.match.bits - threshold))
    .slice(0, worst)
    .map(({ match, same, kind }) => {
      const name = match.evidence.find(({ field }) => field === 'name');
      const names = `${name?.left ?? ''}  |  ${name?.right ?? ''}`;
      return `${same ? 'missed' : 'false '} ${match.bits.toFixed(1).padStart(6)} ${match.grade}  ${kind === null ? '' : `${kind}  `}${names}`;
    });
}

/** The text of the column `kind`, or null if there is none. */
export function kindOf({ kind = '' }: CsvRow): string | null {
  return kind.trim() || null;
}

/** The kind of two records: both kinds if they differ. */
export function kindOfPair(left: string | null, right: string | null): string | null {
  return left === right || right === null ? left : left === null ? right : `${left}/${right}`;
}
