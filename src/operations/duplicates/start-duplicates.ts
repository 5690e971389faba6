import type { Db } from '#src/db/client.ts';
import { addReport, runningReport, saveReport } from '#src/db/duplicates/duplicate-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { normaliserVersion } from '#src/domain/matching/normalise.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface DuplicatesInput {
  readonly connectionId: string;
  /** True to report related pairs as well: parents and subsidiaries, or names too similar to decide. */
  readonly related: boolean;
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Starts a job that searches the accounts of a connection for duplicates. An interrupted report continues.
 *
 * @throws AppError `bad_request` for a connection without accounts
 */
export async function startDuplicates(
  deps: Deps,
  input: DuplicatesInput,
): Promise<{ readonly alreadyRunning: boolean }> {
  const alreadyRunning = await deps.db.transaction(async (tx) => {
    const reportId = await openReport({ ...deps, db: tx }, input);
    const job = {
      id: deps.ids(),
      runId: null,
      stage: null,
      name: 'find-duplicates',
      key: duplicatesKey(input.connectionId),
      payload: { reportId },
    };
    return (await addJobs(tx, [job], deps.clock())) === 0;
  });
  await relaySoon(deps);
  return { alreadyRunning };
}

/** The key of a connection's job. The job's row holds its progress. */
export function duplicatesKey(connectionId: string): string {
  return `find-duplicates:${connectionId}`;
}

/** The report to continue, or a new one. A report of another model or normaliser version is abandoned. */
export async function openReport(
  deps: Deps,
  { connectionId, related, personId }: DuplicatesInput,
): Promise<string> {
  const connection = await requireConnection(deps, connectionId);
  if (packFor(deps, connection, 'account') === null)
    throw new AppError('bad_request', `${connection.name} has no accounts to search for duplicates.`, {
      connectionId,
    });
  const at = deps.clock();
  const model = await liveModel(deps.db);
  const modelVersion = `${model.version} ${modelHash(model).slice(0, 12)}`;
  const running = await runningReport(deps.db, connectionId);
  if (
    running &&
    running.related === related &&
    running.modelVersion === modelVersion &&
    running.normaliserVersion === normaliserVersion
  )
    return running.id;
  if (running) await saveReport(deps.db, running.id, { phase: 'failed', finishedAt: at });
  return addNewReport(deps.db, {
    id: deps.ids(),
    connectionId,
    related,
    modelVersion,
    normaliserVersion,
    startedBy: personId,
    startedAt: at,
  });
}

async function addNewReport(tx: Db, row: Parameters<typeof addReport>[1]): Promise<string> {
  if (await addReport(tx, row)) return row.id;
  throw new AppError('conflict', 'Somebody else has just started this search. Reload the page in a moment.', {
    connectionId: row.connectionId,
  });
}
