import { setTimeout as wait } from 'node:timers/promises';
import { faultSentence } from '#src/cli/faults/fault-sentence.ts';

/** A part of Fairway that runs in another process. */
export interface RunningPart {
  /** Resolves with the way in which it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface PartOptions {
  /** At the beginning of a sentence, such as `The worker`. */
  readonly name: string;
  readonly start: () => Promise<RunningPart>;
  readonly say: (line: string) => void;
  /** A part that already runs; otherwise it is started at once. */
  readonly running?: RunningPart;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** A part that ran for this long was well: the next wait is short again. */
const wellAfterMs = 60_000;

/**
 * Starts a part again whenever it ends, with waits that double while it does not stay up. Disposing stops it.
 */
export function supervise({ name, start, say, running: first }: PartOptions): AsyncDisposable {
  const stopping = new AbortController();
  let running: RunningPart | null = first ?? null;
  const watch = async (): Promise<void> => {
    let waitMs = firstWaitMs;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      try {
        running ??= await start();
        const how = await running.ended;
        running = null;
        if (stopping.signal.aborted) return;
        if (performance.now() - startedAt > wellAfterMs) waitMs = firstWaitMs;
        say(`${name} ended (${how}). It is started again in ${waitMs / 1000} s.`);
      } catch (error) {
        running = null;
        if (stopping.signal.aborted) return;
        say(`${name} did not start: ${faultSentence(error)} It is tried again in ${waitMs / 1000} s.`);
      }
      await wait(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  };
  const watching = watch();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running?.stop();
      await watching;
      // It was being started when the stop began.
      await running?.stop();
    },
  };
}
