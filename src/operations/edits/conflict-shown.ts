import type { CanonicalValue } from '#src/domain/record.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';

/** The content that an answer to a conflict decides on: the value of each side. */
export function conflictShown({
  base,
  theirs,
  ours,
}: Readonly<Record<'base' | 'theirs' | 'ours', CanonicalValue>>): ShownContent {
  return {
    base: `Before: ${text(base)}`,
    theirs: `In the CRM: ${text(theirs)}`,
    ours: `In Fairway: ${text(ours)}`,
  };
}

function text(value: CanonicalValue): string {
  return value === null ? 'empty' : String(value);
}
