import { audit } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { reopenDeadIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface RetryInput {
  readonly connectionId: string;
  /** Only writes to this object, by the vendor's name. */
  readonly object?: string | undefined;
  /** Only writes that were refused with this code. */
  readonly code?: string | undefined;
  /** Null when started from the command line. */
  readonly personId: string | null;
}

/**
 * Sends refused writes again without waiting for the next run, after their cause was removed. Each write is
 * first checked against the record's current values. The retry is on the audit trail, unless there was nothing
 * to retry. Returns the number of writes.
 */
export async function retryDeadLetters(
  deps: Deps,
  { connectionId, object, code, personId }: RetryInput,
): Promise<number> {
  const at = deps.clock();
  const revived = await deps.db.transaction(async (tx) => {
    const count = await reopenDeadIntents(tx, connectionId, { object, code });
    if (count === 0) return 0;
    await addJobs(
      tx,
      [{ id: deps.ids(), runId: null, stage: null, name: 'replay', payload: { connectionId } }],
      at,
    );
    const entry = {
      actorId: personId,
      action: 'connection.replayed',
      subjectKind: 'connection',
      subjectId: connectionId,
      before: null,
      after: { writes: count, object: object ?? null, code: code ?? null },
      reason: personId === null ? 'command line' : null,
    } as const;
    await audit(tx, [entry], at);
    return count;
  });
  if (revived > 0) await relaySoon(deps);
  return revived;
}
