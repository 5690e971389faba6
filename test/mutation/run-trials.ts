import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Report, Request, Trial } from './messages.ts';

export interface TrialRun {
  /** A copy of the repository; the worker writes its trial files there. */
  readonly root: string;
  readonly seed: number;
  /** After this long without an answer a trial counts as failed: a mutant may never end. */
  readonly limitMs: (trial: Trial) => number;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Enough trials to make starting a run of Vitest cheap, few enough to keep its memory small. */
const batchSize = 40;

/** Runs the trials on all processors. */
export async function runTrials(trials: readonly Trial[], run: TrialRun): Promise<void> {
  const waiting = Array.from({ length: Math.ceil(trials.length / batchSize) }, (_, n) =>
    trials.slice(n * batchSize, (n + 1) * batchSize),
  );
  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      let left: readonly Trial[] = batch;
      while (left.length > 0) left = await runInProcess(left, run);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/** @returns the trials that are still to be run, because the process was stopped or ended before them */
function runInProcess(trials: readonly Trial[], run: TrialRun): Promise<readonly Trial[]> {
  const left = [...trials];
  const child = fork(join(import.meta.dirname, 'trial-worker.ts'), [run.root, String(run.seed)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
    const waitForNext = (): void => {
      clearTimeout(timer);
      const [next] = left;
      if (next) timer = setTimeout(() => child.kill('SIGKILL'), run.limitMs(next));
    };
    let isReady = false;
    child.on('error', reject);
    child.on('message', (report: Report) => {
      if (report.type === 'ready') {
        isReady = true;
        send(child, { trials });
      } else if (report.type === 'done') {
        child.kill();
      } else {
        left.splice(
          left.findIndex((trial) => trial.id === report.outcome.id),
          1,
        );
        run.onOutcome(report.outcome);
      }
      waitForNext();
    });
    child.on('exit', () => {
      clearTimeout(timer);
      const [stopped, ...others] = left;
      if (!isReady) reject(new Error('A process for trials ended before it began.'));
      if (stopped) run.onOutcome({ id: stopped.id, passed: false, durationMs: 0, message: 'it did not end' });
      resolve(others);
    });
  });
}

const send = (child: ChildProcess, request: Request): boolean => child.send(request);
