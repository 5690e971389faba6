import { hkdfSync, randomFillSync } from 'node:crypto';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import { v7 } from 'uuid';
import type { Connector } from '#connectors/contract/connector.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import { requireSystem, type Systems } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import type { Config } from '#src/config/config.ts';
import { grantToApplication } from '#src/db/application-role.ts';
import { openDatabase, type Db } from '#src/db/client.ts';
import { migrate } from '#src/db/migrate.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { databaseTime } from '#src/db/clocks/clock-store.ts';
import { openSharedClock } from '#src/db/shared-clock.ts';
import { tokenVault } from '#src/db/connections/token-store.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { failedStatement, loggedError, safeErrorMessage } from '#src/domain/errors.ts';
import { withoutSecrets, withoutSecretText } from '#src/domain/logged-values.ts';
import { openMailer, type Mailer } from '#src/mail/mailer.ts';
import { openOutbound, type OutboundCalls } from '#src/outbound/open-outbound.ts';
import { openQueue, type JobQueue } from '#src/queue/backend.ts';

/** The dependencies of the operations, built once per process. Tests build them with a clock that they control. */
export interface Deps extends AsyncDisposable {
  readonly config: Config;
  readonly db: Db;
  readonly queue: JobQueue;
  /** Null when no mail server is configured. */
  readonly mailer: Mailer | null;
  readonly clock: () => Date;
  /** The database's clock, for instants that are compared between processes, such as a read and a write. */
  readonly sharedClock: () => Date;
  /** Calls other systems than the vendors, such as the receiver of alerts. */
  readonly outbound: Outbound;
  /** The way to the vendor of a connection with these settings. */
  readonly outboundFor: (settings: Connection['settings']) => OutboundCalls;
  /** The database's clock, read now. It shows when this process's clock is wrong. */
  readonly databaseClock: (db: Db) => Promise<Date>;
  /** Creates a UUIDv7, so that newer ids sort after older ones. */
  readonly ids: () => string;
  readonly log: Logger;
  /** The kinds of CRM and ERP that Fairway can connect to. */
  readonly systems: Systems;
  readonly packs: readonly MappingPack[];
  /**
   * True in a job that the queue tries again after a temporary failure, so that the connection is not reported
   * as failing yet. False outside jobs.
   */
  readonly willRetry: boolean;
  /**
   * The connector of a connection, which signs in with its first call. It is reused until the credentials change.
   * @param lane the part of the vendor's limits that its calls may use; `bulk` by default
   */
  readonly connectorFor: (
    connection: Pick<Connection, 'id' | 'kind' | 'settings' | 'secrets'>,
    lane?: Lane,
  ) => Connector;
}

export interface DepsOverrides {
  readonly clock?: () => Date;
  readonly log?: Logger;
  /** For tests: replaces the configured queue. */
  readonly queue?: JobQueue;
  /** For tests that add a vendor. */
  readonly systems?: Systems;
  readonly packs?: readonly MappingPack[];
}

/**
 * Logs errors without their data and values without secrets; see `loggedError` and `withoutSecrets`. Statements
 * are logged at `debug` only, because they show an operator's log the structure of customer data.
 */
export function buildLog(level: string, destination: DestinationStream): Logger {
  const showsStatements = level === 'debug' || level === 'trace';
  const logError = (error: unknown): unknown => {
    const statement = showsStatements ? failedStatement(error) : null;
    return statement === null ? loggedError(error) : { ...(loggedError(error) as object), statement };
  };
  const serializers = { err: logError, error: logError };
  const formatters = { log: (values: object) => withoutSecrets(values) as Record<string, unknown> };
  const hooks = {
    logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn) {
      method.apply(this, safeArguments(args) as Parameters<LogFn>);
    },
  };
  return pino({ level, serializers, formatters, hooks }, destination);
}

/** Without a text, pino takes the message of an error as it is. */
function safeArguments([first, ...rest]: readonly unknown[]): readonly unknown[] {
  const safe = rest.map((part) => (typeof part === 'string' ? withoutSecretText(part) : part));
  if (typeof first === 'string') return [withoutSecretText(first), ...safe];
  const error = first instanceof Error ? first : (first as { readonly err?: unknown } | null)?.err;
  return safe.length > 0 || !(error instanceof Error)
    ? [first, ...safe]
    : [first instanceof Error ? { err: first } : first, safeErrorMessage(error)];
}

/** The key of the audit trail's chain, from the instance's key, which is not in the database. */
export function auditKeyFrom(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, 'fairway', 'audit trail', 32));
}

/** The same database, as the role that owns the tables and as the role of the application. */
export interface DatabaseAddresses {
  readonly ownerUrl: string;
  /** The same address where there is one role only. */
  readonly url: string;
}

/** Updates the schema as the owner, and lets the application's role use it. The queue's tables included. */
export async function prepareDatabase({ ownerUrl, url }: DatabaseAddresses): Promise<void> {
  await migrate(ownerUrl);
  if (ownerUrl === url) return;
  {
    await using _queue = await openQueue({ databaseUrl: ownerUrl, redisUrl: null });
  }
  await grantToApplication(ownerUrl, url);
}

/** @param databaseUrl the configured database, or the embedded one, which must be running */
export async function buildDeps(
  config: Config,
  databaseUrl: string,
  overrides: DepsOverrides = {},
): Promise<Deps> {
  const clock = overrides.clock ?? (() => new Date());
  const systems = overrides.systems ?? shippedSystems;
  // The log goes to standard error; standard output is for the answers of commands.
  const log = overrides.log ?? buildLog(config.logLevel, pino.destination(2));
  await using started = new AsyncDisposableStack();
  // A job may need a second database connection for the transaction that holds a lock.
  const { db } = started.use(
    openDatabase(databaseUrl, config.workerConcurrency * 2 + 4, auditKeyFrom(config.masterKey)),
  );
  const onClockError = (error: unknown): void =>
    log.warn({ err: error }, 'the database’s clock could not be read');
  // A given clock is used for both.
  const sharedClock = overrides.clock ?? started.use(await openSharedClock(db, clock, onClockError)).now;
  const databaseClock = overrides.clock ? async () => clock() : databaseTime;
  const queue = started.use(overrides.queue ?? (await openQueue({ databaseUrl, redisUrl: config.redisUrl })));
  const { privateHosts } = config;
  const outbound = started.use(openOutbound({ privateHosts }));
  // The connections that `npm start` makes to its own sandbox, which listens on this machine.
  const sandboxOutbound = started.use(openOutbound({ privateHosts, sandbox: true }));
  const outboundFor: Deps['outboundFor'] = (settings) =>
    settings['sandbox'] === true ? sandboxOutbound : outbound;
  const connectors = started.adopt(
    new Map<string, { readonly dataKey: string; readonly connector: Connector }>(),
    async (all) => {
      await Promise.all([...all.values()].map(({ connector }) => connector.close()));
    },
  );
  const onGateError = (error: unknown): void =>
    log.warn({ err: error }, 'the use of a vendor’s limit could not be stored');
  const connectorFor: Deps['connectorFor'] = (connection, lane = 'bulk') => {
    const { dataKey } = connection.secrets;
    const key = `${connection.id} ${lane}`;
    const known = connectors.get(key);
    if (known?.dataKey === dataKey) return known.connector;
    const way = outboundFor(connection.settings);
    const secrets = openSecrets(config.masterKey, connection.id, connection.secrets);
    const connector: Connector = requireSystem(systems, connection.kind).create({
      settings: connection.settings,
      secrets,
      now: sharedClock,
      outbound: way.call,
      resolve: way.resolve,
      gate: callGate(db, {
        connectionId: connection.id,
        lane,
        windows: () => connector.windows(),
        now: sharedClock,
        onError: onGateError,
      }),
      tokens: tokenVault(db, config.masterKey, connection.id),
    });
    connectors.set(key, { dataKey, connector });
    return connector;
  };
  const disposables = started.move();
  return {
    config,
    db,
    queue,
    mailer: openMailer(config.mail),
    clock,
    sharedClock,
    databaseClock,
    outbound: outbound.call,
    outboundFor,
    ids: idMaker(),
    log,
    systems,
    packs: overrides.packs ?? loadPacks(),
    willRetry: false,
    connectorFor,
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

/** Draws the random bytes in blocks, because 16 bytes from the system take longer than the rest of an id. */
function idMaker(): () => string {
  const idBytes = 16;
  const block = new Uint8Array(idBytes * 256);
  const numbers = new DataView(block.buffer);
  let used = block.length;
  let msecs = 0;
  let seq = 0;
  return () => {
    if (used === block.length) {
      randomFillSync(block);
      used = 0;
    }
    const now = Date.now();
    // Ids of one millisecond count up from a random number; the shift leaves half of the range for counting.
    seq = now > msecs ? numbers.getUint32(used) >>> 1 : seq + 1;
    msecs = Math.max(now, msecs);
    const random = block.subarray(used, (used += idBytes));
    return v7({ random, msecs, seq });
  };
}
