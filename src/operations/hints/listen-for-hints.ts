import { setTimeout as wait } from 'node:timers/promises';
import { asCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector, ListenRequest } from '#connectors/contract/crm.ts';
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
import { safeErrorMessage } from '#src/domain/errors.ts';
import { usableConnections } from '#src/operations/connections/use-connection.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { hintedObjects, recordHints } from './record-hints.ts';

const refreshEveryMs = 5_000;
const renewEveryMs = leaseMs / 3;
const shortestWaitMs = 1_000;
const longestWaitMs = 60_000;

/** A connection that this process listens to. */
interface OpenStream {
  readonly connector: CrmConnector;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Listens to every connection that has a stream of hints, until disposed. Any number of processes may call
 * it: each connection has one listener, which holds a lease. When a process is killed its leases run out, and
 * other processes get its connections. New connections and new credentials are noticed within seconds.
 */
export function listenToStreams(deps: Deps): AsyncDisposable {
  const holder = deps.ids();
  const open = new Map<string, OpenStream>();
  const closing = new AbortController();
  const refresh = async (): Promise<void> => {
    const callable = (await usableConnections(deps)).filter(
      (one) => pauseInForce(one, 'interactive', deps.clock()) === null,
    );
    const streams = new Map(callable.flatMap((one) => streamOf(deps, one)));
    for (const [id, { connector, stop }] of open) if (streams.get(id)?.connector !== connector) stop.abort();
    for (const [id, { connection, connector }] of streams) {
      if (closing.signal.aborted || open.has(id)) continue;
      const lease = await acquireLease(deps.db, id, holder);
      if (lease) listenTo(connection, connector);
    }
  };
  const listenTo = (connection: Connection, connector: CrmConnector): void => {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    const ended = holdLease(deps, { connection, connector, holder, signal }).finally(() =>
      open.delete(connection.id),
    );
    open.set(connection.id, { connector, stop, ended });
  };
  const refreshing = refreshUntil(deps, refresh, closing.signal);
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await refreshing;
      await Promise.all([...open.values()].map(({ ended }) => ended));
    },
  };
}

async function refreshUntil(deps: Deps, refresh: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await refresh();
    } catch (error) {
      deps.log.warn({ err: error }, 'could not check which connections have a stream; will retry');
    }
    await pause(refreshEveryMs, signal);
  }
}

type Stream = readonly [id: string, { readonly connection: Connection; readonly connector: CrmConnector }];

/**
 * The stream of a connection; empty when it has none, or when its settings cannot be read. Other work with
 * the connection reports unreadable settings.
 */
function streamOf(deps: Deps, connection: Connection): readonly Stream[] {
  try {
    const connector = asCrm(deps.connectorFor(connection));
    return !connector?.listen ? [] : [[connection.id, { connection, connector }]];
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'cannot listen for changes');
    return [];
  }
}

interface Listener {
  readonly connection: Connection;
  readonly connector: CrmConnector;
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** Listens for as long as this process holds the lease, then releases it. Never rejects. */
async function holdLease(deps: Deps, { connection, connector, holder, signal }: Listener): Promise<void> {
  const lost = new AbortController();
  const listener = { connection, connector, holder, signal: AbortSignal.any([signal, lost.signal]) };
  const renewing = renewUntil(deps, listener, lost);
  await listenUntil(deps, listener);
  lost.abort();
  await renewing;
  try {
    await releaseLease(deps.db, connection.id, holder);
  } catch (error) {
    deps.log.warn(
      { err: error, connection: connection.name },
      'could not release the lease of a stream; it will expire',
    );
  }
}

/** Renews the lease. Stops listening before an unrenewed lease runs out: then another process may listen. */
async function renewUntil(
  deps: Deps,
  { connection, holder, signal }: Listener,
  lost: AbortController,
): Promise<void> {
  let validUntil = performance.now() + leaseMs;
  while (!signal.aborted) {
    await pause(renewEveryMs, signal);
    if (signal.aborted) return;
    const askedAt = performance.now();
    try {
      if (await renewLease(deps.db, connection.id, holder)) validUntil = askedAt + leaseMs;
      else lost.abort();
    } catch (error) {
      deps.log.warn({ err: error, connection: connection.name }, 'could not renew the lease of a stream');
    }
    if (performance.now() + renewEveryMs > validUntil) lost.abort();
  }
}

/**
 * Reconnects after each break, from the last saved position, with waits that double until an event arrives.
 */
async function listenUntil(deps: Deps, { connection, connector, holder, signal }: Listener): Promise<void> {
  const objects = [...hintedObjects(deps, connection).keys()];
  let waitMs = shortestWaitMs;
  const deliver: ListenRequest['deliver'] = async (batch) => {
    await saveBatch(deps, { connection, holder }, batch);
    waitMs = shortestWaitMs;
  };
  while (!signal.aborted) {
    try {
      const lease = await acquireLease(deps.db, connection.id, holder);
      if (!lease) return;
      await connector.listen?.({ objects, position: lease.position, deliver, signal });
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error, connection: connection.name }, 'a stream broke; will reconnect');
      await noteError(deps, { connection, holder }, error);
    }
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

type LeaseHolder = Pick<Listener, 'connection' | 'holder'>;

/** Saves hints and position in one transaction. After a failure the vendor sends the batch again. */
async function saveBatch(
  deps: Deps,
  { connection, holder }: LeaseHolder,
  { hints, position }: Parameters<ListenRequest['deliver']>[0],
): Promise<void> {
  const added = await deps.db.transaction(async (tx) => {
    if (!(await savePosition(tx, connection.id, holder, position, deps.clock())))
      throw new Error('another process listens to this connection now');
    return recordHints(deps, tx, { connection, hints, via: 'stream' });
  });
  // `relaySoon` never throws, and the stream does not need to wait for the queue.
  if (added) void relaySoon(deps);
}

async function noteError(deps: Deps, { connection, holder }: LeaseHolder, broken: unknown): Promise<void> {
  try {
    await saveStreamError(deps.db, connection.id, holder, safeErrorMessage(broken));
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'could not save why a stream broke');
  }
}

/** Waits; returns early when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
