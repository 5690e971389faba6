export interface Progress {
  readonly label: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

/** Says how far a job is. Also its heartbeat: a job that reports is alive. */
export type ReportProgress = (progress: Progress) => Promise<void>;

/**
 * How long a read will still take at the pace it has kept so far, in milliseconds; null while nobody can
 * tell.
 */
export function remainingMs(
  read: { readonly done: number; readonly total: number | null; readonly beganAt: Date | null },
  now: Date,
): number | null {
  if (read.total === null || read.beganAt === null || read.done <= 0) return null;
  const pace = (now.getTime() - read.beganAt.getTime()) / read.done;
  return Math.round(Math.max(0, read.total - read.done) * pace);
}
