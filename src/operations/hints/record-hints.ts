import type { Hint } from '#connectors/contract/crm.ts';
import { findSystem } from '#connectors/contract/systems.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { hintJobKey, connectionsWithDueHints, saveHints } from '#src/db/sync/hint-store.ts';
import { addJobs, type NewJob } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

/**
 * The kinds that hints can name; a kind refers only to kinds before it. Payouts are missing, because vendors
 * limit the number of objects that announce changes. Each run reads them.
 */
export const hintedKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'lead',
  'registration',
] as const;
export type HintedKind = (typeof hintedKinds)[number];

/** The wait before hints are tried again after all attempts of a job have failed. */
const retryAfterMs = 60_000;

export interface RecordHintsInput {
  readonly connection: Connection;
  readonly hints: readonly Hint[];
  /** The origin: a call of the vendor, its stream, or `recheck` when our own data may be wrong. */
  readonly via: 'webhook' | 'stream' | 'recheck';
}

/**
 * Saves hints, and adds the job that processes them, in the caller's transaction. Hints about objects without
 * a mapping are dropped. No job is added while one is open, has just failed, or the connection is paused;
 * `scheduleDueHints` adds it later. Returns true when a job was added: relay it after the commit.
 */
export async function recordHints(
  deps: Deps,
  tx: Db,
  { connection, hints, via }: RecordHintsInput,
): Promise<boolean> {
  const objects = hintedObjects(deps, connection);
  const decided = decisionObjectOf(deps, connection);
  const mapped = hints.filter(({ object }) => objects.has(object) || object === decided);
  if (mapped.length === 0) return false;
  await saveHints(tx, connection.id, mapped, { via, at: deps.clock(), ids: deps.ids });
  return addDueJobs(deps, tx, connection.id);
}

/** The vendor's object for decisions, which is not mapped; null when it has none. */
function decisionObjectOf({ systems }: Deps, { kind }: Connection): string | null {
  const system = findSystem(systems, kind);
  return system?.role === 'crm' ? (system.decisionObject ?? null) : null;
}

/** The vendor's objects that hints may name, with the kind each is mapped to. */
export function hintedObjects(deps: Deps, connection: Connection): ReadonlyMap<string, HintedKind> {
  return new Map(
    hintedKinds.flatMap((kind) => {
      const object = packFor(deps, connection, kind)?.object;
      return object === undefined ? [] : [[object, kind] as const];
    }),
  );
}

/**
 * Adds a job for hints without one: they came while the last job was ending, that job failed, or the process
 * that saved them crashed. Every worker calls this regularly.
 */
export async function scheduleDueHints(deps: Deps): Promise<void> {
  if (await addDueJobs(deps, deps.db)) await relaySoon(deps);
}

/** For one connection, or for all. Returns true when a job was added. */
async function addDueJobs(deps: Deps, db: Db, connectionId?: string): Promise<boolean> {
  const now = deps.clock();
  const due = {
    now,
    failedBefore: new Date(now.getTime() - retryAfterMs),
    ...(connectionId === undefined ? {} : { connectionId }),
  };
  const jobs = (await connectionsWithDueHints(db, due)).map((id): NewJob => ({
    id: deps.ids(),
    runId: null,
    stage: null,
    name: 'process-hints',
    key: hintJobKey(id),
    payload: { connectionId: id },
  }));
  return (await addJobs(db, jobs, now)) > 0;
}
