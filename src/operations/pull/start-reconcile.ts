import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { reconciledKinds, reconcileJob, type ReconciledKind } from './reconcile-object.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface StartReconcileInput {
  readonly connectionId: string;
  /** All kinds of the connection when left out. */
  readonly kind?: ReconciledKind;
  /** True to accept the removals even above the connection's limit. */
  readonly acceptRemovals: boolean;
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Starts a comparison of the objects of a connection for a person. Accepting removals above the limit is
 * audited.
 *
 * @throws AppError `bad_request` when the connection has no object to compare; `conflict` when removals are
 * accepted while a comparison without that is running
 */
export async function startReconcile(
  deps: Deps,
  input: StartReconcileInput,
): Promise<{ readonly alreadyRunning: boolean }> {
  const { connectionId, acceptRemovals, personId } = input;
  const connection = await requireConnection(deps, connectionId);
  const wanted = input.kind === undefined ? reconciledKinds : [input.kind];
  const kinds = wanted.filter((kind) => packFor(deps, connection, kind) !== null);
  if (kinds.length === 0)
    throw new AppError('bad_request', `${connection.name} has no objects to compare.`, {
      connectionId,
    });
  const jobs = kinds.map((kind) => reconcileJob(deps, { connectionId, kind, acceptRemovals }));
  const at = deps.clock();
  const alreadyRunning = await deps.db.transaction(async (tx) => {
    const added = await addJobs(tx, jobs, at);
    if (acceptRemovals && added < jobs.length)
      throw new AppError(
        'conflict',
        'A comparison is already running without your confirmation. Confirm again when it has finished.',
        { connectionId },
      );
    if (acceptRemovals) {
      const entry: AuditEntry = {
        actorId: personId,
        action: 'connection.deletions_confirmed',
        subjectKind: 'connection',
        subjectId: connectionId,
        before: null,
        after: { kinds: kinds.join(', ') },
        reason: personId === null ? 'command line' : null,
      };
      await audit(tx, [entry], at);
    }
    return added === 0;
  });
  await relaySoon(deps);
  return { alreadyRunning };
}
