import { audit } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { reconciledKinds, reconcileJob, type ReconciledKind } from './reconcile-object.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface StartReconcileInput {
  readonly connectionId: string;
  /** Without it: all kinds that the connection holds. */
  readonly kind?: ReconciledKind;
  /** Records may be taken back even if they are more than the connection's limit. */
  readonly vanishAgreed: boolean;
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Has everything compared that a connection holds, because a person asks for it. An agreement that records
 * vanish is on the audit trail.
 *
 * @throws AppError `bad_request` when the connection holds nothing that could be compared; `conflict` when an
 * agreement comes while the
 *   same is being compared without it
 */
export async function startReconcile(
  deps: Deps,
  input: StartReconcileInput,
): Promise<{ readonly alreadyRunning: boolean }> {
  const { connectionId, vanishAgreed, personId } = input;
  const connection = await requireConnection(deps, connectionId);
  const wanted = input.kind === undefined ? reconciledKinds : [input.kind];
  const kinds = wanted.filter((kind) => packFor(deps, connection, kind) !== null);
  if (kinds.length === 0)
    throw new AppError('bad_request', `${connection.name} holds nothing that could be compared.`, {
      connectionId,
    });
  const jobs = kinds.map((kind) => reconcileJob(deps, { connectionId, kind, vanishAgreed }));
  const at = deps.clock();
  const alreadyRunning = await deps.db.transaction(async (tx) => {
    const added = await addJobs(tx, jobs, at);
    if (vanishAgreed && added < jobs.length)
      throw new AppError(
        'conflict',
        'It is being compared at the moment, without your agreement. Agree again once that is over.',
        {
          connectionId,
        },
      );
    if (vanishAgreed) {
      const after = { kinds: kinds.join(', ') };
      const act = {
        action: 'connection.vanishing_agreed',
        subjectKind: 'connection',
        subjectId: connectionId,
      } as const;
      await audit(
        tx,
        [
          {
            ...act,
            actorId: personId,
            before: null,
            after,
            reason: personId === null ? 'command line' : null,
          },
        ],
        at,
      );
    }
    return added === 0;
  });
  await relaySoon(deps);
  return { alreadyRunning };
}
