import { ConnectorError, type Connector, type RemoteFailure } from '#connectors/connector.ts';
import { compileMapping, type CompiledMapping } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack.ts';
import type { Connection } from '#src/db/connection-store.ts';
import {
  findConnection,
  forgetDescriptions,
  listConnections,
  readDescription,
  saveDescription,
  saveHealth,
} from '#src/db/connection-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/problem-store.ts';
import { tally } from '#src/db/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/** Connections that take part in runs. A failing one is tried again: its credentials may have been mended. */
export async function usableConnections(deps: Deps): Promise<Connection[]> {
  return (await listConnections(deps.db)).filter((one) => one.status !== 'disabled');
}

export async function requireConnection(deps: Deps, connectionId: string): Promise<Connection> {
  const found = await findConnection(deps.db, connectionId);
  if (!found) throw new AppError('not_found', 'There is no such connection. It may have been removed.', { connectionId });
  return found;
}

/**
 * Works with one connection: counts its calls towards the run, and keeps its health — a failed sign-in or permission is
 * shown on the connection with the vendor's words until a later call goes through.
 */
export async function withConnection<T>(
  deps: Deps,
  { connectionId, runId }: { readonly connectionId: string; readonly runId: string | null },
  work: (connection: Connection, connector: Connector) => Promise<T>,
): Promise<T> {
  const connection = await requireConnection(deps, connectionId);
  const connector = deps.connectorFor(connection);
  try {
    const result = await work(connection, connector);
    await recordHealth(deps, connection, connector, null);
    return result;
  } catch (error) {
    if (error instanceof ConnectorError) await recordHealth(deps, connection, connector, error.failure);
    throw error;
  } finally {
    const calls = uncountedCalls(connector);
    if (runId !== null) await tally(deps.db, runId, connectionId, 'calls', calls);
  }
}

const counted = new WeakMap<Connector, number>();

/** Calls nobody has counted yet. Jobs share a connector, so each call goes to whoever asks first, and to nobody twice. */
export function uncountedCalls(connector: Connector): number {
  const calls = connector.calls();
  const before = counted.get(connector) ?? 0;
  counted.set(connector, calls);
  return calls - before;
}

/** Shows on the connection, and among the problems, what the vendor answered; or that all is well. */
async function recordHealth(deps: Deps, connection: Connection, connector: Connector, failure: RemoteFailure | null): Promise<void> {
  const at = deps.clock();
  const { used, allowed } = connector.limits();
  await saveHealth(deps.db, connection.id, {
    status: failure ? 'failing' : 'active',
    failure,
    callsUsed: used,
    callsAllowed: allowed,
    checkedAt: at,
  });
  const where = { source: 'connection', connectionId: connection.id, object: 'connection' } as const;
  if (!failure) return resolveUnseen(deps.db, where, at, at);
  if (failure.class === 'mapping') await forgetDescriptions(deps.db, connection.id);
  await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], at);
}

export function packFor(deps: Deps, connection: Connection, kind: CanonicalKind): MappingPack | null {
  return deps.packs.find((pack) => pack.system === connection.kind && pack.kind === kind) ?? null;
}

/**
 * The mapping of one kind for one connection, compiled against what the vendor says its object looks like. The description
 * is kept, so that this costs a call only the first time and after a field turned out to be missing.
 * Null when this system does not hold the kind. Throws `ConnectorError` (class `mapping`) naming every misfit and its fix.
 */
export async function loadMapping(
  deps: Deps,
  connection: Connection,
  connector: Connector,
  kind: CanonicalKind,
): Promise<CompiledMapping | null> {
  const pack = packFor(deps, connection, kind);
  if (!pack) return null;
  let description = await readDescription(deps.db, connection.id, pack.object);
  if (!description) {
    description = await connector.describe(pack.object);
    await saveDescription(deps.db, connection.id, description, deps.clock());
  }
  const compiled = compileMapping(pack, description);
  if (compiled.ok) return compiled.mapping;
  await forgetDescriptions(deps.db, connection.id);
  throw new ConnectorError({
    class: 'mapping',
    code: 'mapping_does_not_fit',
    message: compiled.problems.map((problem) => `${problem.field}: ${problem.message}`).join('; '),
    fix: compiled.problems[0]?.fix ?? 'Open Mappings and correct the fields named here.',
  });
}
