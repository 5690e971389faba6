import type { Hint } from '#connectors/contract/crm.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { freshenKey, neglectedHints, saveHints } from '#src/db/sync/hint-store.ts';
import { addJobs, type NewJob } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

/**
 * What hints can be about, later ones pointing at earlier ones. What only Fairway makes is nobody's news to
 * us.
 */
export const hintedKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'registration',
] as const;
export type HintedKind = (typeof hintedKinds)[number];

/** How long hints rest that could not be served after all of a job's attempts. */
const restMs = 60_000;

export interface RecordHintsInput {
  readonly connection: Connection;
  readonly hints: readonly Hint[];
  /** A vendor's call, a vendor's stream, or our own doubt about what we know. */
  readonly via: 'webhook' | 'stream' | 'doubt';
}

/**
 * Keeps what a vendor told, with the job that serves it, in the caller's transaction. Objects we do not map
 * are dropped. There is no job while one is open, or while trying has no hope; then `wakeNeglectedHints` puts
 * it out when there is. True when a job was put out: relay it once the transaction is committed.
 */
export async function recordHints(
  deps: Deps,
  tx: Db,
  { connection, hints, via }: RecordHintsInput,
): Promise<boolean> {
  const objects = hintedObjects(deps, connection);
  const wanted = hints.filter(({ object }) => objects.has(object));
  if (wanted.length === 0) return false;
  await saveHints(tx, connection.id, wanted, { via, at: deps.clock(), ids: deps.ids });
  return putOutJobs(deps, tx, connection.id);
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
 * Puts out a job for hints that have none: they came while the last one was ending, it failed, or the process
 * that kept them did not get further. Call it every now and then, in every worker.
 */
export async function wakeNeglectedHints(deps: Deps): Promise<void> {
  if (await putOutJobs(deps, deps.db)) await relaySoon(deps);
}

/** For one connection, or for all. */
async function putOutJobs(deps: Deps, db: Db, connectionId?: string): Promise<boolean> {
  const now = deps.clock();
  const due = {
    now,
    failedBefore: new Date(now.getTime() - restMs),
    ...(connectionId === undefined ? {} : { connectionId }),
  };
  const jobs = (await neglectedHints(db, due)).map((id): NewJob => {
    return {
      id: deps.ids(),
      runId: null,
      stage: null,
      name: 'freshen',
      key: freshenKey(id),
      payload: { connectionId: id },
    };
  });
  return (await addJobs(db, jobs, now)) > 0;
}
