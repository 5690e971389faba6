import { randomFillSync } from 'node:crypto';
import { pino, type DestinationStream, type Logger } from 'pino';
import { v7 } from 'uuid';
import type { Connector } from '#connectors/contract/connector.ts';
import { requireSystem, type Systems } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import type { Config } from '#src/config/config.ts';
import { openDatabase, type Db } from '#src/db/client.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { openSharedClock } from '#src/db/shared-clock.ts';
import { tokenVault } from '#src/db/connections/token-store.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { loggedError } from '#src/domain/errors.ts';
import { openQueue, type JobQueue } from '#src/queue/backend.ts';

/** What operations work with. Built once a process; tests build their own with a clock they move. */
export interface Deps extends AsyncDisposable {
  readonly config: Config;
  readonly db: Db;
  readonly queue: JobQueue;
  readonly clock: () => Date;
  /**
   * The same for all processes: the database's. For instants of which the order counts between them, as of a
   * read and a write.
   */
  readonly sharedClock: () => Date;
  /** UUIDv7: ids made later sort later. */
  readonly ids: () => string;
  readonly log: Logger;
  /** The CRMs and ERPs Fairway can connect to. */
  readonly systems: Systems;
  readonly packs: readonly MappingPack[];
  /**
   * Whether a job that meets a passing trouble now is tried again: then it says nothing about the connection
   * yet. False outside jobs.
   */
  readonly mayTryAgain: boolean;
  /**
   * The connector of a connection, signed in lazily and kept; changed credentials make a new one.
   * @param lane which part of the vendor's limits its calls may use; `bulk` unless told
   */
  readonly connectorFor: (
    connection: Pick<Connection, 'id' | 'kind' | 'settings' | 'secrets'>,
    lane?: Lane,
  ) => Connector;
}

export interface DepsOverrides {
  readonly clock?: () => Date;
  readonly log?: Logger;
  /** For tests: instead of the queue that the configuration names. */
  readonly queue?: JobQueue;
  /** For tests that add a vendor. */
  readonly systems?: Systems;
  readonly packs?: readonly MappingPack[];
}

/** Errors are logged by their words, not by what they carry: see `loggedError`. */
export function buildLog(level: string, destination: DestinationStream): Logger {
  const serializers = { err: loggedError, error: loggedError };
  return pino(
    { level, serializers, redact: ['*.secrets', '*.token', '*.accessToken', '*.privateKeyPem'] },
    destination,
  );
}

/** @param databaseUrl the configured database, or the embedded one once it is up. */
export async function buildDeps(
  config: Config,
  databaseUrl: string,
  overrides: DepsOverrides = {},
): Promise<Deps> {
  const clock = overrides.clock ?? (() => new Date());
  const systems = overrides.systems ?? shippedSystems;
  // Standard output belongs to commands' answers.
  const log = overrides.log ?? buildLog(config.logLevel, pino.destination(2));
  await using started = new AsyncDisposableStack();
  const { db } = started.use(openDatabase(databaseUrl, config.workerConcurrency * 2 + 4)); // a job may hold a lock's transaction beside its work
  const clockTrouble = (error: unknown): void =>
    log.warn({ err: error }, 'the database’s clock could not be read');
  // Who brings a clock of its own means it for everything.
  const sharedClock = overrides.clock ?? started.use(await openSharedClock(db, clock, clockTrouble)).now;
  const queue = started.use(overrides.queue ?? (await openQueue({ databaseUrl, redisUrl: config.redisUrl })));
  const connectors = started.adopt(
    new Map<string, { readonly seal: string; readonly connector: Connector }>(),
    async (all) => {
      await Promise.all([...all.values()].map(({ connector }) => connector.close()));
    },
  );
  const gateTrouble = (error: unknown): void =>
    log.warn({ err: error }, 'a vendor’s limit could not be noted');
  const connectorFor: Deps['connectorFor'] = (connection, lane = 'bulk') => {
    const seal = connection.secrets.dataKey;
    const key = `${connection.id} ${lane}`;
    const kept = connectors.get(key);
    if (kept?.seal === seal) return kept.connector;
    const secrets = openSecrets(config.masterKey, connection.id, connection.secrets);
    const connector: Connector = requireSystem(systems, connection.kind).create({
      settings: connection.settings,
      secrets,
      now: sharedClock,
      gate: callGate(db, {
        connectionId: connection.id,
        lane,
        windows: () => connector.windows(),
        onError: gateTrouble,
      }),
      tokens: tokenVault(db, config.masterKey, connection.id),
    });
    connectors.set(key, { seal, connector });
    return connector;
  };
  const owned = started.move();
  return {
    config,
    db,
    queue,
    clock,
    sharedClock,
    ids: idMaker(),
    log,
    systems,
    packs: overrides.packs ?? loadPacks(),
    mayTryAgain: false,
    connectorFor,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * UUIDv7 with randomness drawn a block at a time: asking the system for sixteen bytes takes longer than all
 * the rest of an id.
 */
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
    // Within a millisecond ids count on from a random number; half its range is left to count in.
    seq = now > msecs ? numbers.getUint32(used) >>> 1 : seq + 1;
    msecs = Math.max(now, msecs);
    const random = block.subarray(used, (used += idBytes));
    return v7({ random, msecs, seq });
  };
}
