/** The part of a read record that says whether it exists. */
export interface Existence {
  readonly deleted: boolean;
  /** Set together with `deleted` if the vendor merged the record: the id of the surviving record. */
  readonly mergedInto?: string | null;
}

/**
 * Classifies a record that was read. The fields may be used only if it exists, because vendors empty the
 * fields of deleted records and those blanks are not edits.
 */
export function existenceOf({ deleted, mergedInto }: Existence): 'exists' | 'gone' | 'merged' {
  if (!deleted) return 'exists';
  return mergedInto === undefined || mergedInto === null ? 'gone' : 'merged';
}

/**
 * Decides which of our records survives when the vendor merges two of its records. If the vendor's survivor
 * is not linked yet (some vendors give it a new id), it gets the record of the loser. With several losers, it
 * gets the record of the first one passed in, so pass them in the order in which they were linked.
 *
 * @param loser our record linked to the vendor's losing record
 * @param survivor our record linked to the vendor's surviving record, or null
 */
export function mergeSuccession(
  loser: string,
  survivor: string | null,
): { readonly survivingId: string; readonly endedId: string | null } {
  if (survivor === null) return { survivingId: loser, endedId: null };
  return { survivingId: survivor, endedId: loser === survivor ? null : loser };
}
