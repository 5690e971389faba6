export interface Progress {
  readonly label: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

/** Says how far a job is. Also its heartbeat: a job that reports is alive. */
export type ReportProgress = (progress: Progress) => Promise<void>;
