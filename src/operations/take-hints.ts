import type { Hint } from '#connectors/connector.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connection-store.ts';
import { neglectedHints, saveHints } from '#src/db/hint-store.ts';
import { addJobs, type NewJob } from '#src/db/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from './connections.ts';
import { relaySoon } from './relay-jobs.ts';

/** What hints can be about, later ones pointing at earlier ones. What only Fairway makes is nobody's news to us. */
export const hintedKinds = ['account', 'opportunity', 'registration'] as const;
export type HintedKind = (typeof hintedKinds)[number];

/** One open job a connection serves all of its hints. */
const keyPrefix = 'freshen:';
/** How long hints rest that could not be served after all of a job's attempts. */
const restMs = 60_000;

export interface TakeHintsInput {
  readonly connection: Connection;
  readonly hints: readonly Hint[];
  /** A vendor's call, a vendor's stream, or our own doubt about what we know. */
  readonly via: 'webhook' | 'stream' | 'doubt';
}

/**
 * Keeps what a vendor told, with the job that serves it, in the caller's transaction: neither is there without the other. Objects we
 * do not map are dropped. True when a job was put out; relay it once the transaction is committed.
 */
export async function takeHints(deps: Deps, tx: Db, { connection, hints, via }: TakeHintsInput): Promise<boolean> {
  const objects = hintedObjects(deps, connection);
  const wanted = hints.filter(({ object }) => objects.has(object));
  if (wanted.length === 0) return false;
  await saveHints(tx, connection.id, wanted, { via, at: deps.clock(), ids: deps.ids });
  return (await addJobs(tx, [freshenJob(deps, connection.id)], deps.clock())) > 0;
}

/** The vendor's objects that hints may name, each with our word for it. */
export function hintedObjects(deps: Deps, connection: Connection): ReadonlyMap<string, HintedKind> {
  return new Map(
    hintedKinds.flatMap((kind) => {
      const object = packFor(deps, connection, kind)?.object;
      return object === undefined ? [] : [[object, kind] as const];
    }),
  );
}

/**
 * Puts out a job for hints that have none: they came while the last one was ending, it failed, or the process that kept them did not
 * get further. Call it every now and then, in every worker.
 */
export async function wakeNeglectedHints(deps: Deps): Promise<void> {
  const now = deps.clock();
  const neglected = await neglectedHints(deps.db, { keyPrefix, now, failedBefore: new Date(now.getTime() - restMs) });
  if (neglected.length === 0) return;
  const added = await addJobs(
    deps.db,
    neglected.map((connectionId) => freshenJob(deps, connectionId)),
    now,
  );
  if (added > 0) await relaySoon(deps);
}

function freshenJob(deps: Deps, connectionId: string): NewJob {
  return { id: deps.ids(), runId: null, stage: null, name: 'freshen', key: `${keyPrefix}${connectionId}`, payload: { connectionId } };
}
