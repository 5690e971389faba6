import { contentHash } from '#src/domain/content-hash.ts';

/** What the record in the CRM shows of the findings of the rules. */
export interface EvidenceShown {
  readonly conflictSummary: string | null;
  readonly internalConflict: string | null;
  readonly conflictScore: number | null;
}

/** Differs when the record shows other findings. */
export function evidenceDigest({ conflictSummary, internalConflict, conflictScore }: EvidenceShown): string {
  return contentHash([conflictSummary, internalConflict, conflictScore]);
}
