import { Queue, Worker, withBackend, type Job, type QueueOptions, type WorkerOptions } from 'bullmq';
import { createPostgresBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { jobs, type JobName } from './jobs.ts';

/** What a processor is given. `lastAttempt` is true when a failure now is final. */
export interface QueuedJob {
  readonly id: string;
  readonly lastAttempt: boolean;
}

export interface JobQueue extends AsyncDisposable {
  readonly backend: 'postgresql' | 'redis';
  /** Adding a job that is already there changes nothing. */
  add(jobs: readonly { readonly id: string; readonly name: JobName }[]): Promise<void>;
  /** True while the queue will still run this job; false when it never had it, lost it, or considers it over. */
  holds(id: string): Promise<boolean>;
  /** Forgets a finished or failed job, so that it can be added again. */
  forget(id: string): Promise<void>;
  /** Starts taking jobs. Dispose the result to stop: running jobs are finished first. */
  work(process: (job: QueuedJob) => Promise<void>, concurrency: number, onError: (error: Error) => void): AsyncDisposable;
}

const queueName = 'fairway';
/** A killed worker's jobs are taken over after at most lock + check. */
const workerSettings = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 20, drainDelay: 5 };

/**
 * The queue on Redis or Valkey when there is one, else on PostgreSQL. Both behave the same to their callers; the queue test
 * runs on both. Neither is the truth about work: the `job` table is, so either may lose everything.
 */
export async function openQueue(input: { readonly databaseUrl: string; readonly redisUrl: string | null }): Promise<JobQueue> {
  return input.redisUrl === null ? openPostgresQueue(input.databaseUrl) : openRedisQueue(input.redisUrl);
}

async function openPostgresQueue(connectionString: string): Promise<JobQueue> {
  const classes = withBackend(createPostgresBackend);
  const connection = { connectionString, schema: 'bullmq', migrate: true, max: 4 };
  const queue = new classes.Queue(queueName, { connection });
  await queue.waitUntilReady();
  return toJobQueue(
    'postgresql',
    queue as unknown as Queue,
    (process, options) => new classes.Worker(queueName, process, { connection, ...options }) as unknown as Worker,
    () => queue.close(),
  );
}

async function openRedisQueue(url: string): Promise<JobQueue> {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  /** The prefix keeps all keys in one slot of a Redis Cluster. */
  const shared: QueueOptions = { connection: redis, prefix: '{fairway}' };
  const queue = new Queue(queueName, shared);
  await queue.waitUntilReady();
  return toJobQueue(
    'redis',
    queue,
    (process, options) => new Worker(queueName, process, { ...shared, ...options }),
    async () => {
      await queue.close();
      redis.disconnect();
    },
  );
}

type Process = (job: Job) => Promise<void>;

function toJobQueue(
  backend: JobQueue['backend'],
  queue: Queue,
  makeWorker: (process: Process, options: Omit<WorkerOptions, 'connection'>) => Worker,
  close: () => Promise<void>,
): JobQueue {
  queue.on('error', () => {
    // BullMQ reconnects by itself; a call that cannot be served rejects, and its caller reports it.
  });
  return {
    backend,
    async add(added) {
      await queue.addBulk(
        added.map(({ id, name }) => ({
          name,
          data: {},
          opts: {
            jobId: id,
            attempts: jobs[name].retry.attempts,
            backoff: { type: 'exponential', delay: jobs[name].retry.backoffMs },
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      );
    },
    async holds(id) {
      const found = await queue.getJob(id);
      if (!found) return false;
      const state = await found.getState();
      return state !== 'completed' && state !== 'failed' && state !== 'unknown';
    },
    async forget(id) {
      await queue.remove(id);
    },
    work(process, concurrency, onError) {
      const worker = makeWorker((job) => process({ id: job.id ?? '', lastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1) }), {
        concurrency,
        ...workerSettings,
      });
      worker.on('error', onError);
      return { [Symbol.asyncDispose]: () => worker.close() };
    },
    [Symbol.asyncDispose]: close,
  };
}
