import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  type PgPool,
  Queue,
  runMigrations,
  withBackend,
  Worker,
  type Job,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { isJobName, jobs, type JobName } from './jobs.ts';

/** The input of a processor. `lastAttempt` is true when the job is not tried again after a failure. */
export interface QueuedJob {
  readonly id: string;
  readonly lastAttempt: boolean;
}

/** A processor throws this to try its job again later. The queue stores the message: no customer data. */
export class JobRetry extends Error {
  override readonly name = 'JobRetry';
  /** The shortest wait; null uses the job's policy. */
  readonly afterMs: number | null;

  constructor(message: string, afterMs: number | null) {
    super(message);
    this.afterMs = afterMs;
  }
}

export interface JobQueue extends AsyncDisposable {
  readonly backend: 'postgresql' | 'redis';
  /** Adding a job that is already in the queue changes nothing. All calls reject within seconds without the queue. */
  add(jobs: readonly { readonly id: string; readonly name: JobName }[]): Promise<void>;
  /** True while the queue will run this job; false for one that it lost, finished or never had. */
  holds(id: string): Promise<boolean>;
  /** Removes a finished or failed job, so that it can be added again. */
  forget(id: string): Promise<void>;
  /** Starts processing jobs. Disposing the result stops it after the running jobs have finished. */
  work(
    process: (job: QueuedJob) => Promise<void>,
    concurrency: number,
    onError: (error: Error) => void,
  ): AsyncDisposable;
}

const queueName = 'fairway';
/** The limits are short because a caller may hold a transaction open, or a person may wait. */
const producerOptions = { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5_000 };
/** The longest wait for Redis at process start. After it, the process serves what works without Redis. */
const firstContactMs = 5_000;
/** Another worker gets a killed worker's jobs after at most lock + check. */
const workerSettings = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 20, drainDelay: 5 };

/**
 * Opens the queue on Redis or Valkey if one is configured, otherwise on PostgreSQL. Both behave the same, and
 * the queue test runs on both. The `job` table is the record of all work, so the queue may lose everything.
 */
export async function openQueue(input: {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
}): Promise<JobQueue> {
  return input.redisUrl === null ? openPostgresQueue(input.databaseUrl) : openRedisQueue(input.redisUrl);
}

async function openPostgresQueue(connectionString: string): Promise<JobQueue> {
  const classes = withBackend(createPostgresBackend);
  const pool = openPool(connectionString);
  await migrateQueue(pool);
  const queue = new classes.Queue(queueName, { connection: pool as PgPool });
  await queue.waitUntilReady();
  return toJobQueue(
    'postgresql',
    queue as unknown as Queue,
    (process, options) => {
      const workerPool = openPool(connectionString);
      const worker = new classes.Worker(queueName, process, {
        connection: workerPool as PgPool,
        ...options,
      }) as unknown as Worker;
      worker.once('closed', () => void workerPool.end());
      return worker;
    },
    {
      async close() {
        await queue.close();
        await pool.end();
      },
      assertReachable: () => {},
    },
  );
}

/**
 * BullMQ would open its own pool, but then a connection that breaks between two statements ends the whole
 * process, because its error has no listener. Waiting for jobs occupies one connection.
 */
function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 5, options: `-c search_path=${DEFAULT_SCHEMA}` });
  const ignore = (): void => {
    // The statement that needs the connection rejects, and its caller reports it.
  };
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

async function migrateQueue(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // The application's role cannot create tables: the owner has done so when it updated the schema.
    const { rows } = await client.query<{ may: boolean }>(
      `select has_database_privilege(current_database(), 'create') or to_regnamespace('${DEFAULT_SCHEMA}') is null as may`,
    );
    if (rows[0]?.may === true) await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}

async function openRedisQueue(url: string): Promise<JobQueue> {
  const redis = new Redis(url, producerOptions);
  /** The prefix keeps all keys in one slot of a Redis Cluster. */
  const prefix = '{fairway}';
  const queue = new Queue(queueName, { connection: redis, prefix });
  const connection: QueueConnection = {
    // Until the first connection, BullMQ would wait for Redis without a limit.
    assertReachable() {
      if (redis.status !== 'ready') throw new Error(`the queue's Redis cannot be reached (${redis.status})`);
    },
    async close() {
      if (redis.status === 'ready') await queue.close();
      redis.disconnect();
    },
  };
  const jobQueue = toJobQueue(
    'redis',
    queue,
    (process, options) => redisWorker(url, prefix, process, options),
    connection,
  );
  await settledOrAfter(queue.waitUntilReady(), firstContactMs);
  return jobQueue;
}

/** A worker waits for Redis without a limit, on a separate connection, as BullMQ requires. */
function redisWorker(url: string, prefix: string, process: Process, options: WorkerSettings): Worker {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const worker = new Worker(queueName, process, { connection, prefix, ...options });
  worker.once('closed', () => connection.disconnect());
  return worker;
}

async function settledOrAfter(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

type Process = (job: Job) => Promise<void>;
type WorkerSettings = Omit<WorkerOptions, 'connection'>;

interface QueueConnection {
  /** Throws when a call would have to wait for the connection. */
  readonly assertReachable: () => void;
  readonly close: () => Promise<void>;
}

/**
 * The job's doubling wait, or the processor's wait when that is longer, plus a random part so that jobs do
 * not return all at once.
 */
function backoffMs(
  attemptsMade: number,
  _type: string | undefined,
  error: Error | undefined,
  job: Pick<Job, 'name'> | undefined,
): number {
  const policy = job && isJobName(job.name) ? jobs[job.name].retry.backoffMs : 1_000;
  const requested = error instanceof JobRetry ? (error.afterMs ?? 0) : 0;
  return Math.max(requested, policy * 2 ** (attemptsMade - 1)) + Math.round(Math.random() * policy);
}

function toJobQueue(
  backend: JobQueue['backend'],
  queue: Queue,
  makeWorker: (process: Process, options: WorkerSettings) => Worker,
  connection: QueueConnection,
): JobQueue {
  queue.on('error', () => {
    // BullMQ reconnects by itself. A call that fails meanwhile rejects, and its caller reports it.
  });
  return {
    backend,
    async add(added) {
      connection.assertReachable();
      await queue.addBulk(
        added.map(({ id, name }) => ({
          name,
          data: {},
          opts: {
            jobId: id,
            attempts: jobs[name].retry.attempts,
            backoff: { type: 'policy' },
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      );
    },
    async holds(id) {
      connection.assertReachable();
      const found = await queue.getJob(id);
      if (!found) return false;
      const state = await found.getState();
      return state !== 'completed' && state !== 'failed' && state !== 'unknown';
    },
    async forget(id) {
      connection.assertReachable();
      await queue.remove(id);
    },
    work(process, concurrency, onError) {
      const worker = makeWorker(
        (job) => process({ id: job.id ?? '', lastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1) }),
        {
          concurrency,
          ...workerSettings,
          settings: { backoffStrategy: backoffMs },
        },
      );
      worker.on('error', onError);
      return { [Symbol.asyncDispose]: () => worker.close() };
    },
    [Symbol.asyncDispose]: connection.close,
  };
}
