/** A place in a bulk query job, as it stands in a page's `resume`. */
export interface BulkPlace {
  readonly jobId: string;
  /** Our clock just before the job was made: it shows everything that was written before. */
  readonly askedAt: Date;
  /** The job's query gives what comes after this id; null for all. */
  readonly afterId: string | null;
  /** The results' next page; null for the first. */
  readonly locator: string | null;
}

const prefix = 'bulk:';

/** `bulk:<job>:<asked at, ms>:<after id>:<locator>`. Salesforce's own parts hold no colon. */
export const bulkToken = ({ jobId, askedAt, afterId, locator }: BulkPlace): string =>
  `${prefix}${jobId}:${askedAt.getTime()}:${afterId ?? ''}:${locator ?? ''}`;

export const isBulkToken = (resume: string): boolean => resume.startsWith(prefix);

export function readToken(resume: string): BulkPlace {
  const [jobId = '', askedAt = '', afterId = '', locator = ''] = resume.slice(prefix.length).split(':');
  return { jobId, askedAt: new Date(Number(askedAt)), afterId: afterId || null, locator: locator || null };
}
