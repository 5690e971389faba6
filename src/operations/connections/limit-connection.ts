import { audit } from '#src/db/people/audit-store.ts';
import { type ConnectionLimits, saveLimits } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { requireConnection } from './use-connection.ts';

export interface LimitConnectionInput {
  readonly connectionId: string;
  /** What is left out stays as it is. */
  readonly limits: Partial<ConnectionLimits>;
  readonly personId: string;
}

/**
 * A person says how many calls a day Fairway may make, or how much of an object may vanish before it asks. On
 * the audit trail.
 */
export async function limitConnection(
  deps: Deps,
  { connectionId, limits, personId }: LimitConnectionInput,
): Promise<ConnectionLimits> {
  const at = deps.clock();
  return deps.db.transaction(async (tx) => {
    const { dailyAllotment, vanishLimitPercent } = await requireConnection({ ...deps, db: tx }, connectionId);
    const before = { dailyAllotment, vanishLimitPercent };
    const after = { ...before, ...limits };
    await saveLimits(tx, connectionId, after);
    await audit(
      tx,
      [
        {
          actorId: personId,
          action: 'connection.limited',
          subjectKind: 'connection',
          subjectId: connectionId,
          before,
          after,
          reason: null,
        },
      ],
      at,
    );
    return after;
  });
}
