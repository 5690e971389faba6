import { addJobs } from '#src/db/job-store.ts';
import { reviveIntents } from '#src/db/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from './relay-jobs.ts';

export interface ReplayInput {
  readonly connectionId: string;
  /** Only writes to this object of the vendor's … */
  readonly object?: string | undefined;
  /** … or refused with this code. */
  readonly code?: string | undefined;
}

/**
 * Sends refused writes again without waiting for the next run: what stood in their way was put right. Each is checked against what the
 * record holds by then. Returns how many.
 */
export async function replayDead(deps: Deps, { connectionId, object, code }: ReplayInput): Promise<number> {
  const revived = await deps.db.transaction(async (tx) => {
    const count = await reviveIntents(tx, connectionId, { object, code });
    const job = { id: deps.ids(), runId: null, stage: null, name: 'replay', payload: { connectionId } };
    if (count > 0) await addJobs(tx, [job], deps.clock());
    return count;
  });
  if (revived > 0) await relaySoon(deps);
  return revived;
}
