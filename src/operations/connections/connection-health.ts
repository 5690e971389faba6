import type { Connector } from '#connectors/contract/connector.ts';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { Db } from '#src/db/client.ts';
import {
  invalidateDescriptions,
  lockConnection,
  saveHealth,
  type Connection,
  type ConnectionHealth,
} from '#src/db/connections/connection-store.ts';
import { connectionProblemClasses, reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { noPause, pauseAfter } from './pause-connection.ts';
import { reportHealth } from '#src/operations/alerts/raise-alert.ts';

/** A task that was done with a connection. */
export interface UsedConnection {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly about: string;
}

/** Problems of the whole connection. Any call that the vendor answers resolves them. */
const signIn = 'sign-in';
const pauseProblem = 'pause';

/**
 * Resolves the connection's problems of this task.
 *
 * @param answered the vendor answered a call, which ends a pause whose time is over
 */
export async function recordSuccess(
  deps: Deps,
  { connection: { id, name }, connector, about }: UsedConnection,
  { answered }: { readonly answered: boolean },
): Promise<void> {
  await changeHealth(deps, id, async (tx, before) => {
    const at = deps.clock();
    // Another job may have paused the connection meanwhile; that pause stays.
    const works = answered && (before.pausedUntil === null || before.pausedUntil <= at);
    for (const object of works ? [about, signIn, pauseProblem] : [about]) {
      await resolveProblems(tx, { source: 'connection', connectionId: id, object }, [name], at);
    }
    // A used-up limit ends by itself, so it does not count as failing.
    const failing = (await connectionProblemClasses(tx, id)).some(
      (failureClass) => failureClass !== 'throttle',
    );
    return {
      ...usage(connector),
      checkedAt: at,
      ...(failing ? { status: 'failing' as const } : { status: 'active' as const, failure: null }),
      ...(works ? noPause : {}),
    };
  });
}

/**
 * Stores a failure of the task. A temporary failure is stored only when it pauses the connection, or when the
 * job is not tried again.
 */
export async function recordFailure(
  deps: Deps,
  { connection: { id, name }, connector, about }: UsedConnection,
  failure: RemoteFailure,
): Promise<void> {
  // A field is missing or not accessible: the stored descriptions are outdated.
  if (failure.class === 'mapping' || failure.class === 'permission')
    await invalidateDescriptions(deps.db, id);
  await changeHealth(deps, id, async (tx, before) => {
    const at = deps.clock();
    const pause = failure.code === 'PAUSED' ? null : pauseAfter(failure, before, at);
    const isTemporary = failure.class === 'retry' || failure.class === 'throttle';
    if (isTemporary && pause === null && deps.willRetry) return usage(connector);
    const object = failure.class === 'auth' ? signIn : failure.code === 'PAUSED' ? pauseProblem : about;
    await reportProblems(
      tx,
      { source: 'connection', connectionId: id, object },
      [{ id: deps.ids(), ref: name, failure }],
      at,
    );
    const failing = failure.class === 'throttle' ? {} : { status: 'failing' as const, failure };
    return { ...usage(connector), checkedAt: at, ...failing, ...pause };
  });
}

function usage(connector: Connector): Pick<ConnectionHealth, 'callsUsed' | 'callsAllowed'> {
  const { used: callsUsed, allowed: callsAllowed } = connector.limits();
  return { callsUsed, callsAllowed };
}

/** Changes the health and raises the alert for it in one transaction, under the connection's lock. */
async function changeHealth(
  deps: Deps,
  connectionId: string,
  change: (tx: Db, before: Connection) => Promise<Partial<ConnectionHealth>>,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const before = await lockConnection(tx, connectionId);
    if (!before) return;
    const health = await change(tx, before);
    await saveHealth(tx, connectionId, health);
    await reportHealth(deps, tx, { ...before, ...health });
  });
}
