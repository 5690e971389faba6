import { setTimeout as wait } from 'node:timers/promises';
import type { Connector, ListenRequest } from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import {
  leaseMs,
  releaseLease,
  renewLease,
  savePosition,
  saveStreamError,
  acquireLease,
} from '#src/db/connections/listening-store.ts';
import type { Deps } from '#src/deps.ts';
import { errorWords } from '#src/domain/errors.ts';
import { usableConnections } from '#src/operations/connections/use-connection.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { hintedObjects, recordHints } from './record-hints.ts';

const lookEveryMs = 5_000;
const renewEveryMs = leaseMs / 3;
const shortestWaitMs = 1_000;
const longestWaitMs = 60_000;

/** A connection whose vendor tells what changed, while this process listens. */
interface Listening {
  readonly connector: Connector;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Listens to every connection that has a stream of hints, one process a connection, until disposed. Any
 * number of processes may call it: they share the connections by leases, and take over those of a process
 * that was killed. New connections, and new credentials of old ones, are noticed within seconds.
 */
export function listenToStreams(deps: Deps): AsyncDisposable {
  const holder = deps.ids();
  const open = new Map<string, Listening>();
  const closing = new AbortController();
  const look = async (): Promise<void> => {
    const callable = (await usableConnections(deps)).filter(
      (one) => pauseInForce(one, 'interactive', deps.clock()) === null,
    );
    const wanted = new Map(callable.flatMap((one) => withStream(deps, one)));
    for (const [id, { connector, stop }] of open) if (wanted.get(id)?.connector !== connector) stop.abort();
    for (const [id, { connection, connector }] of wanted) {
      if (closing.signal.aborted || open.has(id)) continue;
      const lease = await acquireLease(deps.db, id, holder);
      if (lease) listenTo(connection, connector);
    }
  };
  const listenTo = (connection: Connection, connector: Connector): void => {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    const ended = holdLease(deps, { connection, connector, holder, signal }).finally(() =>
      open.delete(connection.id),
    );
    open.set(connection.id, { connector, stop, ended });
  };
  const looking = keepLooking(deps, look, closing.signal);
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await looking;
      await Promise.all([...open.values()].map(({ ended }) => ended));
    },
  };
}

async function keepLooking(deps: Deps, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await look();
    } catch (error) {
      deps.log.warn({ err: error }, 'streams will be looked for again');
    }
    await pause(lookEveryMs, signal);
  }
}

type Stream = readonly [id: string, { readonly connection: Connection; readonly connector: Connector }];

/**
 * Empty for a connection without a stream, and for one whose settings are not even readable: that is told
 * where it is used.
 */
function withStream(deps: Deps, connection: Connection): readonly Stream[] {
  try {
    const connector = deps.connectorFor(connection);
    return connector.listen === null ? [] : [[connection.id, { connection, connector }]];
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'cannot listen');
    return [];
  }
}

interface Held {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** Listens for as long as the lease is ours, and gives it back. Never rejects. */
async function holdLease(deps: Deps, { connection, connector, holder, signal }: Held): Promise<void> {
  const lost = new AbortController();
  const held = { connection, connector, holder, signal: AbortSignal.any([signal, lost.signal]) };
  const renewing = keepRenewing(deps, held, lost);
  await keepListening(deps, held);
  lost.abort();
  await renewing;
  try {
    await releaseLease(deps.db, connection.id, holder);
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'the lease of a stream runs out by itself');
  }
}

/** Gives up before the lease runs out: from then on somebody else may be listening. */
async function keepRenewing(
  deps: Deps,
  { connection, holder, signal }: Held,
  lost: AbortController,
): Promise<void> {
  let sureUntil = performance.now() + leaseMs;
  while (!signal.aborted) {
    await pause(renewEveryMs, signal);
    if (signal.aborted) return;
    const asked = performance.now();
    try {
      if (await renewLease(deps.db, connection.id, holder)) sureUntil = asked + leaseMs;
      else lost.abort();
    } catch (error) {
      deps.log.warn(
        { err: error, connection: connection.name },
        'the lease of a stream could not be renewed',
      );
    }
    if (performance.now() + renewEveryMs > sureUntil) lost.abort();
  }
}

/**
 * Again after every break, from where the last kept batch ended; the waits between double until something is
 * heard.
 */
async function keepListening(deps: Deps, { connection, connector, holder, signal }: Held): Promise<void> {
  const objects = [...hintedObjects(deps, connection).keys()];
  let waitMs = shortestWaitMs;
  const deliver: ListenRequest['deliver'] = async (batch) => {
    await keepBatch(deps, { connection, holder }, batch);
    waitMs = shortestWaitMs;
  };
  while (!signal.aborted) {
    try {
      const lease = await acquireLease(deps.db, connection.id, holder);
      if (!lease) return;
      await connector.listen?.({ objects, position: lease.position, deliver, signal });
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error, connection: connection.name }, 'a stream broke and is opened again');
      await noteError(deps, { connection, holder }, error);
    }
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

type Owner = Pick<Held, 'connection' | 'holder'>;

/** Hints and position in one transaction: what was not kept is told again, from the position before. */
async function keepBatch(
  deps: Deps,
  { connection, holder }: Owner,
  { hints, position }: Parameters<ListenRequest['deliver']>[0],
): Promise<void> {
  const added = await deps.db.transaction(async (tx) => {
    if (!(await savePosition(tx, connection.id, holder, position, deps.clock())))
      throw new Error('another process listens to this connection now');
    return recordHints(deps, tx, { connection, hints, via: 'stream' });
  });
  if (added) void relaySoon(deps); // never throws, and the stream need not wait for the queue
}

async function noteError(deps: Deps, { connection, holder }: Owner, broken: unknown): Promise<void> {
  try {
    await saveStreamError(deps.db, connection.id, holder, errorWords(broken));
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'why a stream broke could not be kept');
  }
}

/** Ends early when the signal does. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
