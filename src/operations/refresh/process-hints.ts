import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { readCursor } from '#src/db/connections/connection-store.ts';
import { eraseRecords } from '#src/db/records/erase-store.ts';
import {
  crowdedHints,
  deleteHints,
  hintsShownSince,
  waitingHints,
  type WaitingHint,
} from '#src/db/sync/hint-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import { applyChangedRecords, type ChangedObject } from './apply-changed-records.ts';
import {
  loadMapping,
  requireConnection,
  requireLockedConnection,
  withConnection,
} from '#src/operations/connections/use-connection.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { hintedObjects, type HintedKind } from '#src/operations/hints/record-hints.ts';

/** Of one object, in one go. */
const batchSize = 500;
/**
 * More than this of one object are read as what changed since the last read, which costs a call a page and
 * not one a batch of ids.
 */
const crowd = 1_000;
/** What keeps one call from going through keeps every other. */
const concernsAll: ReadonlySet<FailureClass> = new Set(['auth', 'throttle', 'retry']);
/** Then the job ends and another takes over, so that one busy connection does not hold on to a worker. */
const longestMs = 60_000;

export interface FreshenInput {
  readonly connectionId: string;
  /**
   * From the beginning of one round to that of the next: what is told meanwhile is read together, in fewer
   * calls.
   */
  readonly roundEveryMs?: number;
}

/**
 * Serves the hints of one connection until there are none: reads the records they name, lets what changed
 * take effect, and answers in the CRM. A hint is forgotten only after all that follows from it is planned;
 * whatever fails or stops earlier is done again, and what was told again meanwhile is read again.
 *
 * @throws what kept an object from being read or an answer from being written, after the rest; at once what
 * concerns the whole connection
 */
export async function processHints(
  deps: Deps,
  { connectionId, roundEveryMs = 1_000 }: FreshenInput,
  progress: ReportProgress,
): Promise<void> {
  const unread = new Map<string, ConnectorError>();
  const swept = new Set<string>();
  const until = deps.clock().getTime() + longestMs;
  let unwritten: ConnectorError | null = null;
  let served = 0;
  for (;;) {
    const began = performance.now();
    const hints = await waitingHints(deps.db, connectionId, {
      perObject: batchSize,
      except: [...unread.keys()],
      now: deps.clock(),
    });
    await serve(deps, { connectionId, hints, unread, swept }, progress);
    // Without hints, too: an attempt before this one may have got no further than planning.
    unwritten = await refusalOf(pushConnection(deps, { connectionId, runId: null, lane: 'hint' }, progress));
    served += hints.length;
    await progress({ label: 'Reading what the CRM says has changed', done: served, total: null });
    if (hints.length === 0 || deps.clock().getTime() >= until) break;
    await wait(Math.max(0, began + roundEveryMs - performance.now()));
  }
  const refusal = unwritten ?? unread.values().next().value;
  if (refusal) throw refusal;
}

/** What the vendor refused, if anything. */
async function refusalOf(work: Promise<unknown>): Promise<ConnectorError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}

interface Round {
  readonly connectionId: string;
  readonly hints: readonly WaitingHint[];
  /** Objects the vendor would not let us read, and why. */
  readonly unread: Map<string, ConnectorError>;
  /**
   * Objects this job has read what changed of. What that left of their hints is fetched by its ids: it would
   * leave them again.
   */
  readonly swept: Set<string>;
}

/**
 * What costs no call goes first, and last what may read much: whatever keeps a call from going through does
 * not keep the ones before.
 */
async function serve(deps: Deps, round: Round, progress: ReportProgress): Promise<void> {
  const {
    erased = [],
    named = [],
    whole = [],
  } = Object.groupBy(round.hints, (hint) => (hint.erased ? 'erased' : hint.extId === '' ? 'whole' : 'named'));
  await serveHints(deps, { ...round, hints: erased }, forgetErased, progress);
  const crowded = await crowdedObjects(deps, round, named);
  await serveHints(deps, { ...round, hints: [...crowded.values()].flat() }, readCrowd, progress);
  await serveHints(
    deps,
    { ...round, hints: named.filter(({ object }) => !crowded.has(object)) },
    readNamed,
    progress,
  );
  await serveHints(deps, { ...round, hints: whole }, readWhole, progress);
}

/**
 * All the hints of those objects of which there are very many. One that was never read to its end is left to
 * its first read.
 */
async function crowdedObjects(
  deps: Deps,
  { connectionId, unread, swept }: Round,
  named: readonly WaitingHint[],
): Promise<ReadonlyMap<string, readonly WaitingHint[]>> {
  if (named.length < batchSize) return new Map();
  const except = [...unread.keys(), ...swept];
  const crowded = Map.groupBy(
    await crowdedHints(deps.db, connectionId, { over: crowd, except }),
    ({ object }) => object,
  );
  for (const object of crowded.keys()) {
    swept.add(object);
    if ((await readCursor(deps.db, connectionId, object)).since === null) crowded.delete(object);
  }
  return crowded;
}

/**
 * Reads what hints of one object are about. Returns those that are served, once what follows from them is
 * planned.
 */
type ReadHinted = (
  deps: Deps,
  what: HintedObject,
  progress: ReportProgress,
) => Promise<readonly WaitingHint[]>;

async function serveHints(
  deps: Deps,
  { connectionId, hints, unread }: Round,
  read: ReadHinted,
  progress: ReportProgress,
): Promise<void> {
  const kinds = hintedObjects(deps, await requireConnection(deps, connectionId));
  const changed: ChangedObject[] = [];
  const served: WaitingHint[] = [];
  for (const [object, group] of Map.groupBy(hints, (hint) => hint.object)) {
    const kind = kinds.get(object);
    if (unread.has(object)) continue;
    try {
      // Without a kind its mapping was taken away after the hint came.
      const done = kind ? await read(deps, { connectionId, object, kind, hints: group }, progress) : group;
      served.push(...done);
      if (kind) changed.push({ object, kind, extIds: done.map((hint) => hint.extId) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || concernsAll.has(error.failure.class)) throw error;
      unread.set(object, error);
    }
  }
  if (changed.length > 0) await applyChangedRecords(deps, { connectionId, changed }, progress);
  await deleteHints(deps.db, connectionId, served);
}

interface HintedObject {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: HintedKind;
  readonly hints: readonly WaitingHint[];
}

async function readWhole(
  deps: Deps,
  { hints, ...what }: HintedObject,
  progress: ReportProgress,
): Promise<readonly WaitingHint[]> {
  await pullObject(deps, { ...what, runId: null, lane: 'hint' }, progress);
  return hints;
}

/**
 * What the read did not bring anything new of may lie before it, be purged, or not stand in the vendor's
 * index yet: its hint stays.
 */
async function readCrowd(
  deps: Deps,
  what: HintedObject,
  progress: ReportProgress,
): Promise<readonly WaitingHint[]> {
  const began = deps.sharedClock();
  const hints = await readWhole(deps, what, progress);
  return hintsShownSince(deps.db, what.connectionId, hints, began);
}

async function forgetErased(
  deps: Deps,
  { connectionId, object, hints }: HintedObject,
): Promise<readonly WaitingHint[]> {
  const erased = hints.map(({ extId }) => extId);
  await deps.db.transaction(async (tx) => {
    // Whoever holds what they said in memory, to decide, place, plan or write it, ends first or finds it
    // gone.
    await lockDecisions(tx);
    await lockObject(tx, connectionId, object);
    await eraseRecords(tx, connectionId, object, erased, deps.sharedClock());
  });
  return hints;
}

async function readNamed(
  deps: Deps,
  { connectionId, object, kind, hints: named }: HintedObject,
): Promise<readonly WaitingHint[]> {
  await withConnection(
    deps,
    { connectionId, runId: null, about: object, kind, lane: 'hint' },
    async (connection, connector) => {
      const mapping = await loadMapping(deps, connection, connector, kind);
      if (!mapping) return;
      const pulledAt = deps.sharedClock();
      const ids = named.map(({ extId }) => extId);
      const found = await connector.fetch(object, ids, remoteFields(mapping));
      // What we doubt is not judged by the stamps we doubt; of what is gone the vendor has no stamp, and ours
      // for it may be too early.
      const rechecks = new Set(named.filter(({ via }) => via === 'recheck').map(({ extId }) => extId));
      const { recheck = [], stamp = [] } = Object.groupBy(found, ({ extId, deleted }) =>
        deleted || rechecks.has(extId) ? 'recheck' : 'stamp',
      );
      await deps.db.transaction(async (tx) => {
        await requireLockedConnection(tx, connectionId);
        const showing = { pulledAt, at: deps.clock(), via: 'hint' } as const;
        await saveRemoteRecords(tx, connectionId, object, stamp, { ...showing, replaceBy: 'stamp' });
        await saveRemoteRecords(tx, connectionId, object, recheck, { ...showing, replaceBy: 'recheck' });
      });
    },
  );
  return named;
}
