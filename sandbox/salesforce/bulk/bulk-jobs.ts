import type { Fault } from '#sandbox/faults.ts';
import type { Body } from '#sandbox/store.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { makeId, ordinalOf } from '#sandbox/salesforce/records/ids.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { settingsOf } from '#sandbox/salesforce/settings.ts';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';
export type JobKind = 'query' | 'ingest';

export const delimiters = {
  COMMA: ',',
  SEMICOLON: ';',
  TAB: '\t',
  PIPE: '|',
  CARET: '^',
  BACKQUOTE: '`',
} as const;
export const lineEndings = { LF: '\n', CRLF: '\r\n' } as const;

/** A Bulk API 2.0 job as the org remembers it. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly operation: 'query' | 'queryAll' | 'insert' | 'update' | 'upsert' | 'delete';
  readonly object: string;
  readonly createdById: string;
  readonly createdDate: string;
  readonly systemModstamp: string;
  readonly state: JobState;
  /** `67.0` */
  readonly apiVersion: string;
  readonly columnDelimiter: keyof typeof delimiters;
  readonly lineEnding: keyof typeof lineEndings;
  readonly query: string | null;
  readonly externalIdFieldName: string | null;
  readonly allowDuplicates: boolean;
  /** The name of the client in change events: `;client=fairway`. */
  readonly client: string;
  /** The faults for the rows of an ingest job: those of the call that closed it. */
  readonly faults: readonly Fault[];
  readonly processed: number;
  readonly failed: number;
  readonly errorMessage: string | null;
}

/** The effects of a job other than its results. */
export interface JobOutcome {
  readonly processed: number;
  readonly failed: number;
  /** Why nothing at all was done. */
  readonly errorMessage?: string;
}

type JobSeed = Partial<Job> &
  Pick<Job, 'kind' | 'operation' | 'object' | 'createdById' | 'state' | 'apiVersion'>;

/** The moves a job may make. */
const nextStates: Readonly<Record<JobState, readonly JobState[]>> = {
  Open: ['UploadComplete', 'Aborted'],
  UploadComplete: ['InProgress', 'Aborted'],
  InProgress: ['JobComplete', 'Failed', 'Aborted'],
  JobComplete: [],
  Aborted: [],
  Failed: [],
};
/** The states in which a job may be deleted. */
const idle: readonly JobState[] = ['UploadComplete', 'JobComplete', 'Aborted', 'Failed'];

/**
 * The org's bulk jobs. They run by the real clock, because a test that stops the vendor's must not stop them.
 */
export class BulkJobs {
  readonly #org: Org;
  readonly #run: Readonly<Record<JobKind, (job: Job) => JobOutcome>>;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(org: Org, run: Readonly<Record<JobKind, (job: Job) => JobOutcome>>) {
    this.#org = org;
    this.#run = run;
  }

  create(seed: JobSeed): Job {
    const n = this.#jobs()
      .keys()
      .reduce((max, id) => Math.max(max, ordinalOf(id)), 0);
    const at = this.#org.stamp();
    const job: Job = {
      columnDelimiter: 'COMMA',
      lineEnding: 'LF',
      query: null,
      externalIdFieldName: null,
      allowDuplicates: false,
      client: '',
      faults: [],
      processed: 0,
      failed: 0,
      errorMessage: null,
      createdDate: at,
      systemModstamp: at,
      ...seed,
      id: makeId('750', n + 1),
    };
    this.#org.store.put('salesforce:#job', job.id, { ...job });
    if (job.state === 'UploadComplete') this.#start(job.id);
    return job;
  }

  /** @throws ApiError 404 NOT_FOUND */
  find(kind: JobKind, id: string): Job {
    const job = this.#jobs().get(id);
    if (job?.kind !== kind) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return job;
  }

  list(kind: JobKind): Job[] {
    return [...this.#jobs().values()].filter((job) => job.kind === kind);
  }

  /** Moves a job on; one that is closed starts. @throws ApiError INVALIDJOBSTATE when it may not go there. */
  move(job: Job, state: JobState, changes: Partial<Job> = {}): Job {
    if (!nextStates[job.state].includes(state))
      throw new ApiError(400, 'INVALIDJOBSTATE', `A job in the state ${job.state} cannot go to ${state}`);
    const moved: Job = { ...job, ...changes, state, systemModstamp: this.#org.stamp() };
    this.#org.store.put('salesforce:#job', job.id, { ...moved });
    if (state === 'UploadComplete') this.#start(job.id);
    return moved;
  }

  /** @throws ApiError INVALIDJOBSTATE while the job takes data or runs */
  remove(job: Job): void {
    if (!idle.includes(job.state))
      throw new ApiError(400, 'INVALIDJOBSTATE', `A job in the state ${job.state} cannot be deleted`);
    for (const name of ['salesforce:#job', 'salesforce:#job-data', 'salesforce:#job-results'])
      this.#org.store.remove(name, job.id);
  }

  /** Goes on with what a stopped sandbox left undone. */
  resume(): void {
    for (const job of this.#jobs().values()) {
      if (job.state === 'UploadComplete') this.#start(job.id);
      if (job.state === 'InProgress') this.#finishLater(job.id);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** The uploaded rows, or the results. */
  part(name: 'data' | 'results', id: string): Body {
    return this.#org.store.collection(`salesforce:#job-${name}`).get(id) ?? {};
  }

  putPart(name: 'data' | 'results', id: string, body: Body): void {
    this.#org.store.put(`salesforce:#job-${name}`, id, body);
  }

  #jobs(): Map<string, Job> {
    return this.#org.store.collection('salesforce:#job') as unknown as Map<string, Job>;
  }

  #start(id: string): void {
    this.#later(0, () => {
      const job = this.#jobs().get(id);
      if (job?.state !== 'UploadComplete') return;
      this.move(job, 'InProgress');
      this.#finishLater(id);
    });
  }

  #finishLater(id: string): void {
    this.#later(settingsOf(this.#org).bulkMs, () => {
      const job = this.#jobs().get(id);
      if (job?.state !== 'InProgress') return;
      this.#org.store.batch(() => {
        const { processed, failed, errorMessage = null } = this.#outcome(job);
        this.move(job, errorMessage === null ? 'JobComplete' : 'Failed', { processed, failed, errorMessage });
      });
    });
  }

  #outcome(job: Job): JobOutcome {
    try {
      return this.#run[job.kind](job);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { processed: 0, failed: 0, errorMessage: `${error.errorCode} : ${error.message}` };
    }
  }

  #later(ms: number, work: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}

/** A job as the API describes it. */
export function toJobInfo(job: Job): Record<string, unknown> {
  const {
    id,
    operation,
    object,
    createdById,
    createdDate,
    systemModstamp,
    state,
    lineEnding,
    columnDelimiter,
  } = job;
  const contentUrl =
    state === 'Open' ? { contentUrl: `services/data/v${job.apiVersion}/jobs/ingest/${id}/batches` } : {};
  const key = job.externalIdFieldName === null ? {} : { externalIdFieldName: job.externalIdFieldName };
  return {
    id,
    operation,
    object,
    createdById,
    createdDate,
    systemModstamp,
    state,
    ...key,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.apiVersion),
    ...contentUrl,
    jobType: job.kind === 'query' ? 'V2Query' : 'V2Ingest',
    lineEnding,
    columnDelimiter,
    numberRecordsProcessed: job.processed,
    ...(job.kind === 'ingest' ? { numberRecordsFailed: job.failed } : {}),
    retries: 0,
    totalProcessingTime: 0,
    ...(job.errorMessage === null ? {} : { errorMessage: job.errorMessage }),
  };
}
