/**
 * The progress of reading an object. `since` is the vendor's clock at the start of the last complete read.
 * While a read is in progress, `startedAt` is the vendor's clock at its first page and `resume` is the
 * position to continue from.
 */
export interface ReadCursor {
  readonly since: string | null;
  readonly startedAt: string | null;
  readonly resume: string | null;
}

export interface ReadPosition extends ReadCursor {
  /** The read covers all records modified at or after this instant. Null: all records. */
  readonly from: string | null;
}

/**
 * Each read starts this long before the previous one did, because a row becomes visible only when its
 * transaction commits, with a modification time from before the commit. Records that were already read are
 * recognised by their modification time and skipped.
 */
export const lookBackMs = 10 * 60_000;

/** Begins a read, or resumes a read that was interrupted by a crash. */
export function startReading(cursor: ReadCursor): ReadPosition {
  return {
    ...cursor,
    from: cursor.since === null ? null : new Date(Date.parse(cursor.since) - lookBackMs).toISOString(),
  };
}

/**
 * The next read starts from the time at which this one began, so that changes made during this read are
 * included.
 */
export function finishReading(position: ReadPosition): ReadCursor {
  return { since: position.startedAt ?? position.since, startedAt: null, resume: null };
}
