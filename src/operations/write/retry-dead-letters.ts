import { audit } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { reviveIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface ReplayInput {
  readonly connectionId: string;
  /** Only writes to this object of the vendor's … */
  readonly object?: string | undefined;
  /** … or refused with this code. */
  readonly code?: string | undefined;
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Sends refused writes again without waiting for the next run: what stood in their way was put right. Each is
 * checked against what the record holds by then. On the audit trail, when there were any. Returns how many.
 */
export async function retryDeadLetters(
  deps: Deps,
  { connectionId, object, code, personId }: ReplayInput,
): Promise<number> {
  const at = deps.clock();
  const revived = await deps.db.transaction(async (tx) => {
    const count = await reviveIntents(tx, connectionId, { object, code });
    if (count === 0) return 0;
    await addJobs(
      tx,
      [{ id: deps.ids(), runId: null, stage: null, name: 'replay', payload: { connectionId } }],
      at,
    );
    const act = {
      action: 'connection.replayed',
      subjectKind: 'connection',
      subjectId: connectionId,
    } as const;
    const after = { writes: count, object: object ?? null, code: code ?? null };
    await audit(
      tx,
      [{ ...act, actorId: personId, before: null, after, reason: personId === null ? 'command line' : null }],
      at,
    );
    return count;
  });
  if (revived > 0) await relaySoon(deps);
  return revived;
}
