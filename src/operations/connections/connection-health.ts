import type { Connector, RemoteFailure } from '#connectors/contract/crm.ts';
import type { Db } from '#src/db/client.ts';
import {
  forgetDescriptions,
  lockConnection,
  saveHealth,
  type Connection,
  type ConnectionHealth,
} from '#src/db/connections/connection-store.ts';
import { connectionTroubles, reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { noPause, pauseAfter } from './pause-connection.ts';
import { reportHealth } from '#src/operations/alerts/raise-alert.ts';

/** What was done with a connection. */
export interface ConnectionErrand {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly about: string;
}

/** These concern the whole connection, and any call that is let in mends them. */
const signIn = 'sign-in';
const pausing = 'pause';

/**
 * @param letIn the vendor answered a call, which ends a pause whose time is over; one that others began
 * meanwhile goes on
 */
export async function recordSuccess(
  deps: Deps,
  { connection: { id, name }, connector, about }: ConnectionErrand,
  { letIn }: { readonly letIn: boolean },
): Promise<void> {
  await changeHealth(deps, id, async (tx, before) => {
    const at = deps.clock();
    const works = letIn && (before.pausedUntil === null || before.pausedUntil <= at);
    for (const object of works ? [about, signIn, pausing] : [about]) {
      await resolveProblems(tx, { source: 'connection', connectionId: id, object }, [name], at);
    }
    // A limit that was met passes by itself.
    const failing = (await connectionTroubles(tx, id)).some((trouble) => trouble !== 'throttle');
    return {
      ...usage(connector),
      checkedAt: at,
      ...(failing ? { status: 'failing' as const } : { status: 'active' as const, failure: null }),
      ...(works ? noPause : {}),
    };
  });
}

/** Keeps what the vendor refused. A passing trouble counts only once trying again has not helped. */
export async function recordFailure(
  deps: Deps,
  { connection: { id, name }, connector, about }: ConnectionErrand,
  failure: RemoteFailure,
): Promise<void> {
  // A field that is not there, or that we may not touch: look again what the object looks like.
  if (failure.class === 'mapping' || failure.class === 'permission') await forgetDescriptions(deps.db, id);
  await changeHealth(deps, id, async (tx, before) => {
    const at = deps.clock();
    const pause = failure.code === 'PAUSED' ? null : pauseAfter(failure, before, at);
    const passes = failure.class === 'retry' || failure.class === 'throttle';
    if (passes && pause === null && deps.mayTryAgain) return usage(connector);
    const object = failure.class === 'auth' ? signIn : failure.code === 'PAUSED' ? pausing : about;
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

/** The change and what is told of it, in one transaction; one at a time for a connection. */
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
