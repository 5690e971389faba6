import { audit } from '#src/db/people/audit-store.ts';
import { type ConnectionLimits, saveLimits } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { requireConnection } from './use-connection.ts';

export interface LimitConnectionInput {
  readonly connectionId: string;
  /** A limit that is absent stays as it is. */
  readonly limits: Partial<ConnectionLimits>;
  readonly personId: string;
}

/**
 * Changes the connection's daily call limit, or the share of an object's records that may be found missing
 * before Fairway asks a person. The change is on the audit trail. Returns the limits in force.
 */
export async function limitConnection(
  deps: Deps,
  { connectionId, limits, personId }: LimitConnectionInput,
): Promise<ConnectionLimits> {
  const at = deps.clock();
  return deps.db.transaction(async (tx) => {
    const { dailyCallLimit, removalLimitPercent } = await requireConnection(
      { ...deps, db: tx },
      connectionId,
    );
    const before = { dailyCallLimit, removalLimitPercent };
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
