/** A position in a bulk query job, stored in a page's `resume`. */
export interface BulkPosition {
  readonly jobId: string;
  /** Our clock just before the job was created. The job shows everything that was written before. */
  readonly askedAt: Date;
  /** The job reads the records after this id. Null for all records. */
  readonly afterId: string | null;
  /** The next page of the results. Null for the first page. */
  readonly locator: string | null;
}

const prefix = 'bulk:';

/** `bulk:<job>:<asked at, ms>:<after id>:<locator>`. The parts from Salesforce contain no colon. */
export const bulkToken = ({ jobId, askedAt, afterId, locator }: BulkPosition): string =>
  `${prefix}${jobId}:${askedAt.getTime()}:${afterId ?? ''}:${locator ?? ''}`;

export const isBulkToken = (resume: string): boolean => resume.startsWith(prefix);

export function readBulkToken(resume: string): BulkPosition {
  const [jobId = '', askedAt = '', afterId = '', locator = ''] = resume.slice(prefix.length).split(':');
  return { jobId, askedAt: new Date(Number(askedAt)), afterId: afterId || null, locator: locator || null };
}
