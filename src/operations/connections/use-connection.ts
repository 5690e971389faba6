import { requireCrm, requireErp, type Connector } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { ErpConnector } from '#connectors/contract/erp.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import { withPartnerRules } from '#mappings/engine/pack/partner-rules.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import {
  findConnection,
  lockConnectionAgainstDeletion,
  listConnections,
} from '#src/db/connections/connection-store.ts';
import { connectionProblemClasses, reportProblems } from '#src/db/sync/problem-store.ts';
import { addToTally } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { AppError } from '#src/domain/errors.ts';
import { isOptional, type CanonicalKind } from '#src/domain/record.ts';
import { partnerRulesOf } from './partner-rules.ts';
import { recordFailure, recordSuccess } from './connection-health.ts';
import {
  loadLiveMapping,
  knownFit,
  type LiveMapping,
} from '#src/operations/live-mappings/load-live-mapping.ts';
import { pauseInForce } from './pause-connection.ts';

/** Connections that take part in runs. A failing one is tried again: its credentials may have been corrected. */
export async function usableConnections(deps: Deps): Promise<Connection[]> {
  return (await listConnections(deps.db)).filter((one) => one.status !== 'disabled');
}

/** @throws AppError `not_found` */
export async function requireConnection(deps: Deps, connectionId: string): Promise<Connection> {
  const found = await findConnection(deps.db, connectionId);
  if (!found) throw gone(connectionId);
  return found;
}

/**
 * Locks the connection row, so that the connection cannot be deleted while rows without a foreign key to it
 * are inserted.
 *
 * @throws AppError `not_found` when the connection was deleted since it was loaded
 */
export async function requireLockedConnection(tx: Db, connectionId: string): Promise<void> {
  if (!(await lockConnectionAgainstDeletion(tx, connectionId))) throw gone(connectionId);
}

const gone = (connectionId: string): AppError =>
  new AppError('not_found', 'There is no such connection. It may have been removed.', { connectionId });

/** Tasks whose failure does not mean that a read was skipped. */
export const writeTasks = ['writes', 'payout files'] as const;

export interface ConnectionTask {
  readonly connectionId: string;
  readonly runId: string | null;
  /** An object, one of `writeTasks`, or another name. A later success under the same name resolves a failure. */
  readonly about: string;
  /** The kind of the records, when the task is about one object. */
  readonly kind?: CanonicalKind;
  /** Default: `bulk`. */
  readonly lane?: Lane;
}

/**
 * Runs work on one connection, counts its calls towards the run and updates the connection's health. A
 * failure is shown on the connection, in the vendor's words, until the same task succeeds. A missing optional
 * object is reported as a problem and does not make the connection fail. While the connection is paused, work
 * that calls the vendor fails with `PAUSED`; other work goes on.
 */
export async function withConnection<T>(
  deps: Deps,
  task: ConnectionTask,
  work: (connection: Connection, connector: Connector) => Promise<T>,
): Promise<T> {
  const { about, kind, lane = 'bulk' } = task;
  const connection = await requireConnection(deps, task.connectionId);
  const connector = deps.connectorFor(connection, lane);
  const callsBefore = connector.calls();
  const pause = pauseInForce(connection, lane, deps.clock());
  try {
    const result = await work(connection, pause ? pausedConnector(connector, pause) : connector);
    await recordSuccess(
      deps,
      { connection, connector, about },
      { answered: connector.calls() > callsBefore },
    );
    return result;
  } catch (error) {
    if (error instanceof ConnectorError) {
      if (isMissingOptionalObject(error.failure, kind))
        await reportMissing(deps, { connection, about, kind }, error.failure);
      else await recordFailure(deps, { connection, connector, about }, error.failure);
    }
    throw error;
  } finally {
    const calls = uncountedCalls(connector);
    if (task.runId !== null) await addToTally(deps.db, task.runId, task.connectionId, 'calls', calls);
  }
}

/** `withConnection` for work that only a CRM can do. */
export function withCrm<T>(
  deps: Deps,
  task: ConnectionTask,
  work: (connection: Connection, connector: CrmConnector) => Promise<T>,
): Promise<T> {
  return withConnection(deps, task, (connection, connector) => work(connection, requireCrm(connector)));
}

/** `withConnection` for work that only an ERP can do. */
export function withErp<T>(
  deps: Deps,
  task: ConnectionTask,
  work: (connection: Connection, connector: ErpConnector) => Promise<T>,
): Promise<T> {
  return withConnection(deps, task, (connection, connector) => work(connection, requireErp(connector)));
}

/** True when the failure only means that an optional object is missing or not accessible. */
export function isMissingOptionalObject(failure: RemoteFailure, kind: CanonicalKind | undefined): boolean {
  return (
    kind !== undefined && isOptional(kind) && (failure.class === 'mapping' || failure.class === 'permission')
  );
}

interface MissingObject {
  readonly connection: Connection;
  readonly about: string;
  readonly kind: CanonicalKind | undefined;
}

/** Stored as a problem of reading, so the next successful read of the object resolves it. */
async function reportMissing(
  deps: Deps,
  { connection, about, kind }: MissingObject,
  failed: RemoteFailure,
): Promise<void> {
  // Contacts, products and lines are not needed for any decision; leads are.
  const failure =
    kind === 'lead'
      ? { ...failed, message: `Leads are not compared with registrations. ${failed.message}` }
      : failed;
  const where = { source: 'pull', connectionId: connection.id, object: about } as const;
  await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], deps.clock());
}

/** The connector of a paused connection: it refuses everything that would call the vendor. */
function pausedConnector(connector: Connector, pause: RemoteFailure): Connector {
  const refuse = (): never => {
    throw new ConnectorError(pause);
  };
  const refuseLater = async (): Promise<never> => refuse();
  const refusing = <T extends object>(members: T): T =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]: [string, unknown]) => {
        if (withoutCalls.has(name)) return [name, member];
        if (typeof member === 'function') return [name, name === 'pull' ? refuse : refuseLater];
        return [name, typeof member === 'object' && member !== null ? refusing(member) : member];
      }),
    ) as T;
  return refusing(connector);
}

/** What a connector does without calling the vendor. Everything else is refused, so that nothing new is forgotten. */
const withoutCalls: ReadonlySet<string> = new Set([
  'objectFor',
  'hiddenFieldFix',
  'verifyWebhook',
  'saveReceipts',
  'limits',
  'windows',
  'calls',
  'close',
]);

const counted = new WeakMap<Connector, number>();

/** The connector's calls since this was last asked. Jobs share a connector, so each call is counted once. */
export function uncountedCalls(connector: Connector): number {
  const calls = connector.calls();
  const before = counted.get(connector) ?? 0;
  counted.set(connector, calls);
  return calls - before;
}

/**
 * The mappings of a connection, including disabled ones: the customer's live mappings, and Fairway's default
 * mappings for all other kinds, with the rules for partners that were chosen at connecting.
 */
export function packsOf(
  deps: Pick<Deps, 'packs'>,
  connection: Pick<Connection, 'kind' | 'mappings' | 'settings'>,
): readonly MappingPack[] {
  const custom = new Set(connection.mappings.map((pack) => pack.kind));
  const shipped = deps.packs.filter((pack) => pack.system === connection.kind && !custom.has(pack.kind));
  const rules = partnerRulesOf(connection.settings);
  return [...connection.mappings, ...shipped.map((pack) => withPartnerRules(pack, rules))];
}

/** The mapping of one kind; null when the connection has no such mapping, or it is disabled. */
export function packFor(
  deps: Pick<Deps, 'packs'>,
  connection: Pick<Connection, 'kind' | 'mappings' | 'settings'>,
  kind: CanonicalKind,
): MappingPack | null {
  return packsOf(deps, connection).find((pack) => pack.kind === kind && pack.enabled !== false) ?? null;
}

/**
 * The mapping of one kind for one connection, compiled against the vendor's description of the object. The
 * description is stored, so this costs one call per hour, and one after a field was found missing. Null when
 * the connection does not map the kind.
 *
 * @throws ConnectorError (class `mapping`) naming every field that does not fit, and its fix
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
 * Like `loadMapping`, but also null when the vendor refuses, so that one failing connection does not block
 * the others. The failure is shown on the connection.
 */
export async function tryMapping(
  deps: Deps,
  connection: Connection,
  { kind, runId }: { readonly kind: CanonicalKind; readonly runId: string | null },
): Promise<LiveMapping | null> {
  const pack = packFor(deps, connection, kind);
  if (!pack) return null;
  // A stored description costs no call. A failing connection is asked again, to see whether it recovered.
  const known =
    (await connectionProblemClasses(deps.db, connection.id)).length === 0
      ? await knownFit(deps, connection, pack)
      : null;
  if (known) return known.mapping;
  try {
    // A missing optional object has been reported under the object's name.
    const task = {
      connectionId: connection.id,
      runId,
      kind,
      about: isOptional(kind) ? pack.object : `mapping of ${kind}`,
    };
    // The failure is caught below, so no job tries again: it is stored at once.
    return await withConnection({ ...deps, willRetry: false }, task, (current, connector) =>
      loadMapping(deps, current, connector, kind),
    );
  } catch (error) {
    if (error instanceof ConnectorError) return null;
    throw error;
  }
}
