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
  /** Whether to keep pairs that are only related, too: parents and subsidiaries, or too alike to tell. */
  readonly related: boolean;
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Has the accounts of a connection looked through for duplicates, in a job; one that was left half done goes
 * on.
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

/** The job of a connection's report, whose row tells its progress. */
export function duplicatesKey(connectionId: string): string {
  return `find-duplicates:${connectionId}`;
}

/** The report to go on with, or a new one. What another version began to compare is begun anew. */
export async function openReport(
  deps: Deps,
  { connectionId, related, personId }: DuplicatesInput,
): Promise<string> {
  const connection = await requireConnection(deps, connectionId);
  if (packFor(deps, connection, 'account') === null)
    throw new AppError('bad_request', `${connection.name} has no accounts to look through.`, {
      connectionId,
    });
  const at = deps.clock();
  const model = await liveModel(deps.db);
  const modelVersion = `${model.version} ${modelHash(model).slice(0, 12)}`;
  const left = await runningReport(deps.db, connectionId);
  if (
    left &&
    left.related === related &&
    left.modelVersion === modelVersion &&
    left.normaliserVersion === normaliserVersion
  )
    return left.id;
  if (left) await saveReport(deps.db, left.id, { phase: 'failed', finishedAt: at });
  return addNew(deps.db, {
    id: deps.ids(),
    connectionId,
    related,
    modelVersion,
    normaliserVersion,
    startedBy: personId,
    startedAt: at,
  });
}

async function addNew(tx: Db, row: Parameters<typeof addReport>[1]): Promise<string> {
  if (await addReport(tx, row)) return row.id;
  throw new AppError('conflict', 'Somebody else has just started this. Look again in a moment.', {
    connectionId: row.connectionId,
  });
}
