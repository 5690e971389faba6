import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '#src/domain/errors.ts';
import type { PackTask, PackTasks } from './pack-tasks.ts';

/**
 * The most processor time for one task. An ordinary mapping takes a few milliseconds, one of 1,000 fields 200.
 * Time on the clock would refuse an ordinary mapping on a busy machine; it has a limit that is much longer.
 */
const mostProcessorMs = 5_000;
const longestTaskMs = 60_000;
const watchEveryMs = 250;
/** Tasks that may wait. More come only from somebody who sends hostile ones. */
const mostWaiting = 16;
const memoryMb = 512;

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/**
 * The thread of this process for mappings that somebody wrote. The event loop answers other requests
 * meanwhile, and a task that takes too long ends with its thread.
 */
class PackThread {
  private worker: Promise<Worker> | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  run<T extends PackTask>(task: T, given: PackTasks[T]['given']): Promise<PackTasks[T]['result']> {
    if (this.waiting >= mostWaiting)
      throw new AppError('too_many_requests', 'Too many mappings are being read. Try again in a minute.');
    this.waiting += 1;
    const work = this.last.then(() => this.perform(task, given)).finally(() => (this.waiting -= 1));
    this.last = work.catch(() => {});
    return work;
  }

  private async perform<T extends PackTask>(
    task: T,
    given: PackTasks[T]['given'],
  ): Promise<PackTasks[T]['result']> {
    const worker = await (this.worker ??= this.start());
    // A process ends without waiting for an idle thread, but not before an answer.
    worker.ref();
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), longestTaskMs);
    const watch = await watchProcessorTime(worker, () => ending.abort());
    try {
      const answered = once(worker, 'message', { signal: ending.signal });
      worker.postMessage({ task, given });
      const [answer] = (await answered) as [Answer];
      if (answer.error !== undefined) throw tooCostly(answer.error);
      return answer.result as PackTasks[T]['result'];
    } catch (error) {
      if (error instanceof AppError) throw error;
      // It took too long, or needed too much memory, which has ended the thread.
      this.worker = null;
      await worker.terminate();
      throw tooCostly(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      worker.unref();
    }
  }

  private async start(): Promise<Worker> {
    const worker = new Worker(new URL('./thread-entry.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // The end of a thread is reported to the task in progress; the next task starts another thread.
    worker.on('error', () => {});
    worker.once('exit', () => (this.worker = null));
    await once(worker, 'message');
    return worker;
  }
}

/** Calls `exceeded` when the thread has used more than its processor time from now on. */
async function watchProcessorTime(worker: Worker, exceeded: () => void): Promise<NodeJS.Timeout> {
  const before = await worker.cpuUsage();
  const check = async (): Promise<void> => {
    const { user, system } = await worker.cpuUsage(before);
    if ((user + system) / 1_000 > mostProcessorMs) exceeded();
  };
  // A thread that has ended gives no answer.
  return setInterval(() => void check().catch(() => {}), watchEveryMs);
}

function tooCostly(reason: string): AppError {
  const seconds = mostProcessorMs / 1_000;
  return new AppError(
    'bad_request',
    `Fairway cannot read this mapping within ${seconds} seconds and ${memoryMb} MB. Make it shorter and less nested.`,
    { reason },
  );
}

const thread = new PackThread();

/**
 * Works on a mapping in another thread.
 *
 * @throws AppError `bad_request` for one that takes too much time or memory; `too_many_requests`
 */
export async function runApart<T extends PackTask>(
  task: T,
  given: PackTasks[T]['given'],
): Promise<PackTasks[T]['result']> {
  return thread.run(task, given);
}
