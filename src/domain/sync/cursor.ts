/**
 * Where reading an object stands. `since` is the vendor's clock at the start of the last complete read. While
 * a read is under way, `startedAt` is the vendor's clock at its first page and `resume` what to go on with.
 */
export interface ReadCursor {
  readonly since: string | null;
  readonly startedAt: string | null;
  readonly resume: string | null;
}

export interface ReadPosition extends ReadCursor {
  /** Ask the vendor for everything modified at or after this; null asks for everything. */
  readonly from: string | null;
}

/**
 * Rows become visible only after their transaction commits, with a stamp from before it. Each read therefore
 * starts a while before the last one did; what was seen already falls out by its stamp.
 */
export const lookBackMs = 10 * 60_000;

/** Begins a read, or resumes the one a crash interrupted. */
export function startReading(cursor: ReadCursor): ReadPosition {
  return {
    ...cursor,
    from: cursor.since === null ? null : new Date(Date.parse(cursor.since) - lookBackMs).toISOString(),
  };
}

/** The next read starts from where this one *began*: what changed behind its back meanwhile is not lost. */
export function finishReading(position: ReadPosition): ReadCursor {
  return { since: position.startedAt ?? position.since, startedAt: null, resume: null };
}
