import type { CompanyMatch } from '#src/domain/matching/company.ts';

/** The pairs the model is most wrong about, a line each, for somebody to read. */
export function pairErrors(
  judged: readonly { readonly match: CompanyMatch; readonly same: boolean }[],
  threshold: number,
  worst: number,
): readonly string[] {
  return judged
    .filter(({ match, same }) => match.bits >= threshold !== same)
    .toSorted((a, b) => Math.abs(b.match.bits - threshold) - Math.abs(a.match.bits - threshold))
    .slice(0, worst)
    .map(({ match, same }) => {
      const name = match.evidence.find(({ field }) => field === 'name');
      return `${same ? 'missed' : 'false '} ${match.bits.toFixed(1).padStart(6)} ${match.grade}  ${name?.left ?? ''}  |  ${name?.right ?? ''}`;
    });
}
