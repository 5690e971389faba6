import { JobRetry, type JobQueue, type QueuedJob } from '#src/queue/backend.ts';
import { jobs, type JobName } from '#src/queue/jobs.ts';

interface Entry {
  readonly id: string;
  readonly name: JobName;
  attemptsMade: number;
  /** False while an attempt runs and while the job waits for its next attempt. */
  ready: boolean;
}

interface Consumer {
  readonly process: (job: QueuedJob) => Promise<void>;
  readonly concurrency: number;
  readonly running: Set<Promise<void>>;
}

/**
 * The first wait before a job is tried again; later ones double. A wait that the processor asks for is kept.
 */
const firstBackoffMs = 50;

/**
 * A queue in this process, for tests whose subject is not the queue: it has nothing to connect to and nothing
 * to poll. `test/queue/backend.test.ts` holds it to what the real ones do, except for the length of the
 * backoff.
 */
export function openMemoryQueue(): JobQueue {
  const entries = new Map<string, Entry>();
  const consumers = new Set<Consumer>();
  const timers = new Set<NodeJS.Timeout>();

  const attempt = async (entry: Entry, consumer: Consumer): Promise<void> => {
    const { attempts } = jobs[entry.name].retry;
    entry.ready = false;
    try {
      await consumer.process({ id: entry.id, lastAttempt: entry.attemptsMade + 1 >= attempts });
      entries.delete(entry.id);
    } catch (error) {
      entry.attemptsMade += 1;
      if (entry.attemptsMade >= attempts) entries.delete(entry.id);
      else later(entry, error);
    }
  };
  const later = (entry: Entry, error: unknown): void => {
    const asked = error instanceof JobRetry ? (error.afterMs ?? 0) : 0;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        entry.ready = true;
        dispatch();
      },
      Math.max(asked, firstBackoffMs * 2 ** (entry.attemptsMade - 1)),
    );
    timers.add(timer);
  };
  const dispatch = (): void => {
    for (const consumer of consumers) {
      for (const entry of entries.values()) {
        if (consumer.running.size >= consumer.concurrency) break;
        if (!entry.ready) continue;
        const running = attempt(entry, consumer).finally(() => {
          consumer.running.delete(running);
          dispatch();
        });
        consumer.running.add(running);
      }
    }
  };

  return {
    backend: 'postgresql',
    async add(added) {
      for (const { id, name } of added)
        if (!entries.has(id)) entries.set(id, { id, name, attemptsMade: 0, ready: true });
      dispatch();
    },
    async holds(id) {
      return entries.has(id);
    },
    async forget(id) {
      entries.delete(id);
    },
    work(process, concurrency) {
      const consumer: Consumer = { process, concurrency, running: new Set() };
      consumers.add(consumer);
      dispatch();
      return {
        async [Symbol.asyncDispose]() {
          consumers.delete(consumer);
          await Promise.all(consumer.running);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      entries.clear();
    },
  };
}
