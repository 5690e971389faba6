/** What a read says of a record's existence. */
export interface Existence {
  readonly deleted: boolean;
  /** Goes with `deleted`: the id that this one leads to since the vendor merged the two. */
  readonly mergedInto?: string | null;
}

/**
 * What a record that arrived is to us. Only of one that is there are the fields read: vendors empty the
 * fields of what they delete, and a tombstone's blanks are nobody's edits.
 */
export function existenceOf({ deleted, mergedInto }: Existence): 'there' | 'gone' | 'merged' {
  if (!deleted) return 'there';
  return mergedInto === undefined || mergedInto === null ? 'gone' : 'merged';
}

/**
 * Of the records of ours behind two records the vendor merged, which lives on and which ends. A survivor that
 * is new to us (some vendors give it a new id) takes over the loser's; asked in the order in which the losers
 * had been linked, it takes the first.
 */
export function mergeSuccession(
  loser: string,
  survivor: string | null,
): { readonly survivingId: string; readonly endedId: string | null } {
  if (survivor === null) return { survivingId: loser, endedId: null };
  return { survivingId: survivor, endedId: loser === survivor ? null : loser };
}
