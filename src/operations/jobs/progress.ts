export interface Progress {
  readonly label: string;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
}

/** Reports the progress of a job. It is also the heartbeat that shows that the job is alive. */
export type ReportProgress = (progress: Progress) => Promise<void>;

/** The remaining time of a read in milliseconds, at its pace so far; null while that is unknown. */
export function remainingMs(
  read: { readonly done: number; readonly total: number | null; readonly startedAt: Date | null },
  now: Date,
): number | null {
  if (read.total === null || read.startedAt === null || read.done <= 0) return null;
  const msPerRecord = (now.getTime() - read.startedAt.getTime()) / read.done;
  return Math.round(Math.max(0, read.total - read.done) * msPerRecord);
}
