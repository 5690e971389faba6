import type { Deps } from '#src/deps.ts';
import { listenToStreams } from '#src/operations/hints/listen-for-hints.ts';
import { anchorAuditTrail } from '#src/operations/people/anchor-audit.ts';
import { pruneHistory } from '#src/operations/runs/prune-history.ts';
import { relayJobs, sweepJobs } from '#src/operations/jobs/relay-jobs.ts';
import { scheduleReconciliations } from '#src/operations/pull/reconcile-object.ts';
import { startScheduledRun } from '#src/operations/runs/start-run.ts';
import { scheduleDueHints } from '#src/operations/hints/record-hints.ts';
import { applyDeferredDecisions } from '#src/operations/registrations/deferred/apply-deferred-decisions.ts';
import { fireDueTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { scheduleWebhooks } from '#src/operations/notices/deliver-webhooks.ts';
import { scheduleMails } from '#src/operations/notices/send-mails.ts';
import { spreadNotices } from '#src/operations/notices/spread-notices.ts';
import { runJob } from './run-job.ts';

const relayEveryMs = 500;
const hintsEveryMs = 500;
/** A timer of a registration fires at most this much late, and the time that a batch takes. */
const timersEveryMs = 500;
const noticesEveryMs = 500;
const sweepEveryMs = 5_000;
/** At most this much of the audit trail can be lost without being noticed. */
const anchorEveryMs = 5_000;
const pruneEveryMs = 24 * 3_600_000;
/** The interval at which objects with a due daily comparison are looked up. */
const reconcileEveryMs = 15 * 60_000;
/** The first time soon after the start, for a worker that never runs for a whole day. */
const firstPruneMs = 60_000;

export interface WorkerOptions {
  /** Minutes between scheduled runs; 0 for none. */
  readonly syncMinutes: number;
}

/**
 * Works on jobs until disposed. Any number of processes may do so: rows are locked, and a run starts only
 * once.
 */
export function startWorker(deps: Deps, { syncMinutes }: WorkerOptions): AsyncDisposable {
  const consumer = deps.queue.work(
    (job) => runJob(deps, job),
    deps.config.workerConcurrency,
    (error) => deps.log.warn({ err: error }, 'queue connection'),
  );
  const tasks = [
    repeat(deps, relayEveryMs, () => relayJobs(deps)),
    repeat(deps, sweepEveryMs, () => sweepJobs(deps)),
    repeat(deps, hintsEveryMs, () => scheduleDueHints(deps)),
    repeat(deps, timersEveryMs, () => fireDueTimers(deps)),
    repeat(deps, timersEveryMs, () => applyDeferredDecisions(deps)),
    repeat(deps, noticesEveryMs, () => sendNotices(deps)),
    listenToStreams(deps),
    repeat(deps, anchorEveryMs, () => anchorAuditTrail(deps)),
    repeat(deps, pruneEveryMs, () => pruneHistory(deps), firstPruneMs),
  ];
  const syncEveryMs = syncMinutes * 60_000;
  if (syncEveryMs > 0) {
    tasks.push(repeat(deps, syncEveryMs, () => startScheduledRun(deps, syncEveryMs)));
    tasks.push(repeat(deps, reconcileEveryMs, () => scheduleReconciliations(deps)));
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const task of tasks) await task[Symbol.asyncDispose]();
      await consumer[Symbol.asyncDispose]();
    },
  };
}

async function sendNotices(deps: Deps): Promise<void> {
  await spreadNotices(deps);
  await scheduleWebhooks(deps);
  await scheduleMails(deps);
}

/**
 * Repeats the work, with a pause before each round. An error is logged, and the next round follows. Disposing
 * waits for the running round.
 */
function repeat(
  deps: Deps,
  everyMs: number,
  work: () => Promise<unknown>,
  firstAfterMs = everyMs,
): AsyncDisposable {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const next = (pauseMs: number): void => {
    timer = setTimeout(() => {
      round = work()
        .then(
          () => {},
          (error: unknown) => deps.log.warn({ err: error }, 'a background task failed; will retry'),
        )
        .then(() => {
          if (!stopped) next(everyMs);
        });
    }, pauseMs);
  };
  next(firstAfterMs);
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
