import { addJobs, openJobsOf, type NewJob } from '#src/db/jobs/job-store.ts';
import { lockRun, updateRun } from '#src/db/runs/run-store.ts';
import { lastFinishedRun } from '#src/db/runs/overview-view.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { JobName, JobPayload } from '#src/queue/jobs.ts';
import { packFor, usableConnections } from '#src/operations/connections/use-connection.ts';
import { pulledObjects } from '#src/operations/pull/pull-connection.ts';
import { raiseGeneralAlert, reportHealthOfAll } from '#src/operations/alerts/raise-alert.ts';
import { summariseRun } from './summarise-run.ts';

/** The stages of the main job, in order. A stage begins when the stage before has no open job. */
export const stages = ['pull', 'map', 'decide', 'assess', 'accrue', 'payout', 'plan', 'push'] as const;
export type Stage = (typeof stages)[number];

/**
 * Jobs of these stages may fail without failing the run, because one vendor that cannot be reached must not
 * stop the others. The other stages use only our own database.
 */
export const toleratesFailure: ReadonlySet<string> = new Set<Stage>(['pull', 'push']);

async function jobsOfStage(deps: Deps, runId: string, stage: Stage): Promise<NewJob[]> {
  const newJob = <N extends JobName>(name: N, payload: JobPayload<N>): NewJob => ({
    id: deps.ids(),
    runId,
    stage,
    name,
    payload,
  });
  switch (stage) {
    case 'pull': {
      const connections = await usableConnections(deps);
      return connections
        .filter((connection) => pulledObjects(deps, connection).length > 0)
        .map((connection) => newJob('pull', { runId, connectionId: connection.id }));
    }
    case 'push': {
      const connections = await usableConnections(deps);
      return connections
        .filter((connection) => packFor(deps, connection, 'registration') !== null)
        .map((connection) => newJob('push', { runId, connectionId: connection.id }));
    }
    case 'map':
    case 'decide':
    case 'assess':
    case 'accrue':
    case 'payout':
    case 'plan':
      return [newJob(stage, { runId })];
  }
}

/**
 * Adds the jobs of the first stage, from this one on, that has work. After the last stage the run is done.
 */
export async function enterStage(deps: Deps, tx: Db, runId: string, from: number): Promise<void> {
  for (let index = from; index < stages.length; index += 1) {
    const stage = stages[index] as Stage;
    const jobs = await jobsOfStage({ ...deps, db: tx }, runId, stage);
    if (jobs.length === 0) continue;
    await updateRun(tx, runId, { stage });
    await addJobs(tx, jobs, deps.clock());
    return;
  }
  const summary = await summariseRun(deps, tx, runId);
  const clocksBefore = (await lastFinishedRun(tx))?.summary?.['clocks'] ?? null;
  await updateRun(tx, runId, { status: 'done', finishedAt: deps.clock(), summary: { ...summary } });
  if (summary.clocks !== null && clocksBefore === null)
    await raiseGeneralAlert(deps, tx, { state: 'clock', message: summary.clocks });
  await reportHealthOfAll(deps, tx);
}

/** Enters the next stage when the current one has no open job. Call it after a job of the run has settled. */
export async function advanceRun(deps: Deps, tx: Db, runId: string): Promise<void> {
  const run = await lockRun(tx, runId);
  if (run?.status !== 'running') return;
  if ((await openJobsOf(tx, runId, run.stage)) > 0) return;
  await enterStage(deps, tx, runId, stages.indexOf(run.stage as Stage) + 1);
}
