import { setTimeout as wait } from 'node:timers/promises';
import { MultiBar, type SingleBar } from 'cli-progress';
import { jobsOf, type Job } from '#src/db/jobs/job-store.ts';
import { findRun, type Run } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { isUnreachable } from './faults/fault-sentence.ts';
import { stages } from '#src/operations/runs/run-stages.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';

const pollMs = 150;
const awayPollMs = 1_000;

/**
 * Shows a run on standard error until it is over: a bar a stage on a terminal, a line a finished job
 * elsewhere.
 */
export async function followRun(deps: Deps, runId: string): Promise<Run> {
  const view = process.stderr.isTTY ? barView() : lineView();
  try {
    for (;;) {
      const found = await Promise.all([findRun(deps.db, runId), jobsOf(deps.db, runId)]).catch(
        (error: unknown) => {
          // The database is started again; the run goes on then.
          if (isUnreachable(error)) return null;
          throw error;
        },
      );
      if (found === null) {
        await wait(awayPollMs);
        continue;
      }
      const [run, jobs] = found;
      if (!run) throw new AppError('internal', 'The run is no longer in the database.');
      view.show(jobs);
      if (run.status !== 'running') return run;
      await wait(pollMs);
    }
  } finally {
    view.close();
  }
}

interface RunView {
  show(jobs: readonly Job[]): void;
  close(): void;
}

function barView(): RunView {
  const bars = new MultiBar({
    format: '{stage} {bar} {value}/{total}  {label}',
    hideCursor: true,
    clearOnComplete: false,
    stream: process.stderr,
    barsize: 24,
  });
  const shown = new Map<string, SingleBar>();
  return {
    show(jobs) {
      for (const stage of stages) {
        const ofStage = jobs.filter((job) => job.stage === stage);
        if (ofStage.length === 0) continue;
        const { done, total, label } = measure(ofStage);
        const payload = { stage: stage.padEnd(7), label };
        const bar = shown.get(stage) ?? bars.create(total, 0, payload);
        shown.set(stage, bar);
        bar.setTotal(total);
        bar.update(done, payload);
      }
    },
    close: () => bars.stop(),
  };
}

/** Records where jobs count them, else jobs. */
function measure(jobs: readonly Job[]): {
  readonly done: number;
  readonly total: number;
  readonly label: string;
} {
  const open = jobs.filter((job) => job.status === 'waiting' || job.status === 'queued');
  const label = (open[0] ?? jobs.at(-1))?.progress?.label ?? '';
  const records = jobs.reduce((sum, job) => sum + (job.progress?.done ?? 0), 0);
  const expected = jobs.reduce((sum, job) => sum + (job.progress?.total ?? job.progress?.done ?? 0), 0);
  if (open.length === 0) return { done: Math.max(records, 1), total: Math.max(records, 1), label };
  return { done: records, total: Math.max(expected, records + open.length), label };
}

function lineView(): RunView {
  const printed = new Set<string>();
  return {
    show(jobs) {
      for (const job of jobs) {
        if ((job.status !== 'done' && job.status !== 'failed') || printed.has(job.id)) continue;
        printed.add(job.id);
        const what = job.progress ? `${job.progress.label}: ${job.progress.done}` : job.name;
        console.error(job.status === 'done' ? `  ${what}` : `  ${what} — failed: ${job.error}`);
      }
    },
    close: () => {},
  };
}

/** The run as text for the terminal. */
export function describeRun({ summary }: Run): string {
  const { paused, complete, clocks, attention = [], ...counts } = (summary ?? {}) as Partial<RunSummary>;
  const lines = Object.entries(counts).map(
    ([name, value]) => `  ${name}: ${typeof value === 'object' ? listed(value) : value}`,
  );
  const rests = (paused ?? []).map(
    ({ connection, until, reason }) => `  paused: ${connection}, until ${until}. ${reason}`,
  );
  const wrong = typeof clocks === 'string' ? [`  clocks: ${clocks}`] : [];
  return [...attention, ...lines, ...rests, ...wrong, ...(complete === false ? ['  complete: no'] : [])].join(
    '\n',
  );
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([key, count]) => `${count} ${key}`)
    .join(', ');
