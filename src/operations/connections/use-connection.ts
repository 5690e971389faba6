import { ConnectorError, type Connector, type RemoteFailure } from '#connectors/contract/crm.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { findConnection, holdConnection, listConnections } from '#src/db/connections/connection-store.ts';
import { connectionTroubles, reportProblems } from '#src/db/sync/problem-store.ts';
import { tally } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { AppError } from '#src/domain/errors.ts';
import { isOptional, type CanonicalKind } from '#src/domain/record.ts';
import { recordFailure, recordSuccess } from './connection-health.ts';
import {
  loadLiveMapping,
  knownFit,
  type LiveMapping,
} from '#src/operations/live-mappings/load-live-mapping.ts';
import { pauseInForce } from './pause-connection.ts';

/** Connections that take part in runs. A failing one is tried again: its credentials may have been mended. */
export async function usableConnections(deps: Deps): Promise<Connection[]> {
  return (await listConnections(deps.db)).filter((one) => one.status !== 'disabled');
}

export async function requireConnection(deps: Deps, connectionId: string): Promise<Connection> {
  const found = await findConnection(deps.db, connectionId);
  if (!found) throw gone(connectionId);
  return found;
}

/**
 * For a transaction that stores rows which name the connection without a foreign key: what was removed since
 * it was loaded gets none, and it is not removed before they are there, to go with it.
 */
export async function requireHeld(tx: Db, connectionId: string): Promise<void> {
  if (!(await holdConnection(tx, connectionId))) throw gone(connectionId);
}

const gone = (connectionId: string): AppError =>
  new AppError('not_found', 'There is no such connection. It may have been removed.', { connectionId });

/** What can fail without anything being left unread. */
export const errandsThatWrite = ['writes', 'payout files'] as const;

export interface Errand {
  readonly connectionId: string;
  readonly runId: string | null;
  /**
   * What it is about: an object, or one of `errandsThatWrite`. A later success at the same thing is what
   * mends a failure.
   */
  readonly about: string;
  /** Whose object it is about, when it is about one. */
  readonly kind?: CanonicalKind;
  /** For whom; `bulk` unless told. */
  readonly lane?: Lane;
}

/**
 * Works with one connection: counts its calls towards the run, and keeps its health. What the vendor refuses
 * is shown on the connection, with the vendor's words, until the same errand goes through; that an org lacks
 * what it may lack is a problem, and no failing of the connection. While the connection is paused, work that
 * would ask the vendor fails with `PAUSED`, and other work goes on.
 */
export async function withConnection<T>(
  deps: Deps,
  errand: Errand,
  work: (connection: Connection, connector: Connector) => Promise<T>,
): Promise<T> {
  const { about, kind, lane = 'bulk' } = errand;
  const connection = await requireConnection(deps, errand.connectionId);
  const connector = deps.connectorFor(connection, lane);
  const callsBefore = connector.calls();
  const pause = pauseInForce(connection, lane, deps.clock());
  try {
    const result = await work(connection, pause ? resting(connector, pause) : connector);
    await recordSuccess(deps, { connection, connector, about }, { letIn: connector.calls() > callsBefore });
    return result;
  } catch (error) {
    if (error instanceof ConnectorError) {
      if (isMissingOption(error.failure, kind)) await noteMissing(deps, { connection, about }, error.failure);
      else await recordFailure(deps, { connection, connector, about }, error.failure);
    }
    throw error;
  } finally {
    const calls = uncountedCalls(connector);
    if (errand.runId !== null) await tally(deps.db, errand.runId, errand.connectionId, 'calls', calls);
  }
}

/** Whether an org lacks, or hides from us, only what it may. */
export function isMissingOption(failure: RemoteFailure, kind: CanonicalKind | undefined): boolean {
  return (
    kind !== undefined && isOptional(kind) && (failure.class === 'mapping' || failure.class === 'permission')
  );
}

/** Mended, like any other problem of reading, by the next read of the object that goes through. */
async function noteMissing(
  deps: Deps,
  { connection, about }: { readonly connection: Connection; readonly about: string },
  failure: RemoteFailure,
): Promise<void> {
  const where = { source: 'pull', connectionId: connection.id, object: about } as const;
  await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], deps.clock());
}

/** Stands in for a connector of a paused connection: what costs no call works. */
function resting(connector: Connector, pause: RemoteFailure): Connector {
  const refuse = (): never => {
    throw new ConnectorError(pause);
  };
  const refuseLater = async (): Promise<never> => refuse();
  const asking = {
    check: refuseLater,
    describe: refuseLater,
    install: refuseLater,
    pull: refuse,
    fetch: refuseLater,
    push: refuseLater,
  };
  return { ...connector, ...asking, takeUp: refuseLater, listen: connector.listen && refuseLater };
}

const counted = new WeakMap<Connector, number>();

/**
 * Calls nobody has counted yet. Jobs share a connector, so each call goes to whoever asks first, and to
 * nobody twice.
 */
export function uncountedCalls(connector: Connector): number {
  const calls = connector.calls();
  const before = counted.get(connector) ?? 0;
  counted.set(connector, calls);
  return calls - before;
}

/**
 * Which mappings there are: the customer's own that are live, and of other kinds those Fairway comes with;
 * switched off or not.
 */
export function packsOf(
  deps: Pick<Deps, 'packs'>,
  connection: Pick<Connection, 'kind' | 'mappings'>,
): readonly MappingPack[] {
  const own = new Set(connection.mappings.map((pack) => pack.kind));
  return [
    ...connection.mappings,
    ...deps.packs.filter((pack) => pack.system === connection.kind && !own.has(pack.kind)),
  ];
}

/**
 * The mapping one kind goes by; null when this system does not hold the kind, or its mapping is switched off.
 */
export function packFor(
  deps: Pick<Deps, 'packs'>,
  connection: Pick<Connection, 'kind' | 'mappings'>,
  kind: CanonicalKind,
): MappingPack | null {
  return packsOf(deps, connection).find((pack) => pack.kind === kind && pack.enabled !== false) ?? null;
}

/**
 * The mapping of one kind for one connection, compiled against what the vendor says its object looks like.
 * The description is kept, so that this costs a call only once an hour and after a field turned out to be
 * missing. Null when this system does not hold the kind. Throws `ConnectorError` (class `mapping`) naming
 * every misfit and its fix.
 */
export async function loadMapping(
  deps: Deps,
  connection: Connection,
  connector: Connector,
  kind: CanonicalKind,
): Promise<LiveMapping | null> {
  const pack = packFor(deps, connection, kind);
  return pack && (await loadLiveMapping(deps, connection, connector, pack)).mapping;
}

/**
 * The same for one stage of a run, in which one connection's trouble must not hold up the others: null as
 * well when the vendor refused, which is shown on the connection.
 */
export async function tryMapping(
  deps: Deps,
  connection: Connection,
  { kind, runId }: { readonly kind: CanonicalKind; readonly runId: string | null },
): Promise<LiveMapping | null> {
  const pack = packFor(deps, connection, kind);
  if (!pack) return null;
  // Costs no call, so there is nothing to learn about a connection that is well.
  const known =
    (await connectionTroubles(deps.db, connection.id)).length === 0
      ? await knownFit(deps, connection, pack)
      : null;
  if (known) return known.mapping;
  try {
    // What an org may lack has been noted under the object's own name.
    const errand = {
      connectionId: connection.id,
      runId,
      kind,
      about: isOptional(kind) ? pack.object : `mapping of ${kind}`,
    };
    // The refusal ends here, so it is final.
    return await withConnection({ ...deps, mayTryAgain: false }, errand, (current, connector) =>
      loadMapping(deps, current, connector, kind),
    );
  } catch (error) {
    if (error instanceof ConnectorError) return null;
    throw error;
  }
}
