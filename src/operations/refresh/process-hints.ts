import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError, connectorFailure, type FailureClass } from '#connectors/contract/failures.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { readCursor } from '#src/db/connections/connection-store.ts';
import { eraseRecords } from '#src/db/records/erase-store.ts';
import {
  crowdedHints,
  deleteHints,
  hintsShownSince,
  saveHints,
  waitingHints,
  type WaitingHint,
} from '#src/db/sync/hint-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import { existenceOf } from '#src/domain/sync/existence.ts';
import { followHintedDecisions } from './follow-decisions.ts';
import { applyChangedRecords, type ChangedObject } from './apply-changed-records.ts';
import {
  loadMapping,
  requireConnection,
  requireLockedConnection,
  withConnection,
  withCrm,
} from '#src/operations/connections/use-connection.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { storableRecords } from '#src/operations/pull/storable-records.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { hintedObjects, type HintedKind } from '#src/operations/hints/record-hints.ts';

/** Hints of one object that are processed in one round. */
const batchSize = 500;
/**
 * With more hints than this, an object is read incrementally, which costs one call for each page instead of
 * one for each batch of ids.
 */
const crowdSize = 1_000;
/** Failures that would affect every other call to the vendor as well. */
const affectsAllCalls: ReadonlySet<FailureClass> = new Set(['auth', 'throttle', 'retry']);
/** The CRM is asked this often, with waits that double, whether a record that it shows is erased after all. */
const mostErasureChecks = 6;
/** After this long the job ends and another continues, so that a busy connection does not occupy a worker. */
const longestJobMs = 60_000;

export interface ProcessHintsInput {
  readonly connectionId: string;
  /** The time from one round to the next. Hints that arrive in between are read together, in fewer calls. */
  readonly roundEveryMs?: number;
}

/**
 * Processes the hints of one connection until none is left: reads the records they name, applies what
 * changed, and writes the results to the CRM. A hint is deleted only after everything that follows from it is
 * planned. After a failure or a crash it is processed again, and a hint that arrives again meanwhile is read
 * again.
 *
 * @throws ConnectorError for an object that could not be read or a write that failed, after the rest; at once
 * for a failure of the whole connection
 */
export async function processHints(
  deps: Deps,
  { connectionId, roundEveryMs = 1_000 }: ProcessHintsInput,
  progress: ReportProgress,
): Promise<void> {
  const unread = new Map<string, ConnectorError>();
  const readIncrementally = new Set<string>();
  const until = deps.clock().getTime() + longestJobMs;
  let writeFailure: ConnectorError | null = null;
  let processed = 0;
  for (;;) {
    const began = performance.now();
    const hints = await waitingHints(deps.db, connectionId, {
      perObject: batchSize,
      except: [...unread.keys()],
      now: deps.clock(),
    });
    await processRound(deps, { connectionId, hints, unread, readIncrementally }, progress);
    await followHintedDecisions(deps, connectionId, hints);
    // Pushed even without hints: an earlier attempt may have stopped after planning.
    writeFailure = await connectorFailure(
      pushConnection(deps, { connectionId, runId: null, lane: 'hint' }, progress),
    );
    processed += hints.length;
    await progress({ label: 'Reading changes announced by the CRM', done: processed, total: null });
    if (hints.length === 0 || deps.clock().getTime() >= until) break;
    await wait(Math.max(0, began + roundEveryMs - performance.now()));
  }
  const failure = writeFailure ?? unread.values().next().value;
  if (failure) throw failure;
}

interface Round {
  readonly connectionId: string;
  readonly hints: readonly WaitingHint[];
  /** What could not be read, and why: objects, and `owners` for the names of people. */
  readonly unread: Map<string, ConnectorError>;
  /**
   * Objects that this job has already read incrementally. Hints still open for them are fetched by id,
   * because a second incremental read would miss their records again.
   */
  readonly readIncrementally: Set<string>;
}

/**
 * Erasures come first, because people have a right to them; reads that may be long come last. A call that
 * fails then does not stop what comes before it.
 */
async function processRound(deps: Deps, round: Round, progress: ReportProgress): Promise<void> {
  const {
    erased = [],
    named = [],
    whole = [],
  } = Object.groupBy(round.hints, (hint) => (hint.erased ? 'erased' : hint.extId === '' ? 'whole' : 'named'));
  await processObjects(deps, { ...round, hints: erased }, eraseNamed, progress);
  const crowded = await crowdedObjects(deps, round, named);
  await processObjects(deps, { ...round, hints: [...crowded.values()].flat() }, readCrowded, progress);
  await processObjects(
    deps,
    { ...round, hints: named.filter(({ object }) => !crowded.has(object)) },
    readNamed,
    progress,
  );
  await processObjects(deps, { ...round, hints: whole }, readObject, progress);
}

/**
 * All hints of the objects with very many hints. An object that has never been read completely is left out.
 */
async function crowdedObjects(
  deps: Deps,
  { connectionId, unread, readIncrementally }: Round,
  named: readonly WaitingHint[],
): Promise<ReadonlyMap<string, readonly WaitingHint[]>> {
  if (named.length < batchSize) return new Map();
  const except = [...unread.keys(), ...readIncrementally];
  const crowded = Map.groupBy(
    await crowdedHints(deps.db, connectionId, { over: crowdSize, except }),
    ({ object }) => object,
  );
  for (const object of crowded.keys()) {
    readIncrementally.add(object);
    if ((await readCursor(deps.db, connectionId, object)).since === null) crowded.delete(object);
  }
  return crowded;
}

/**
 * Reads what the hints of one object name. Returns the hints that are done once their changes are applied.
 */
type ReadHinted = (
  deps: Deps,
  object: HintedObject,
  progress: ReportProgress,
) => Promise<readonly WaitingHint[]>;

async function processObjects(
  deps: Deps,
  { connectionId, hints, unread }: Round,
  readHinted: ReadHinted,
  progress: ReportProgress,
): Promise<void> {
  const kinds = hintedObjects(deps, await requireConnection(deps, connectionId));
  const changed: ChangedObject[] = [];
  const done: WaitingHint[] = [];
  for (const [object, group] of Map.groupBy(hints, (hint) => hint.object)) {
    const kind = kinds.get(object);
    if (unread.has(object)) continue;
    try {
      // Without a kind, the mapping was removed after the hint arrived.
      const read = kind
        ? await readHinted(deps, { connectionId, object, kind, hints: group }, progress)
        : group;
      done.push(...read);
      if (kind) changed.push({ object, kind, extIds: read.map((hint) => hint.extId) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || affectsAllCalls.has(error.failure.class)) throw error;
      unread.set(object, error);
    }
  }
  const failure =
    changed.length > 0 ? await applyChangedRecords(deps, { connectionId, changed }, progress) : null;
  if (failure) unread.set('owners', failure);
  await deleteHints(deps.db, connectionId, done);
}

interface HintedObject {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: HintedKind;
  readonly hints: readonly WaitingHint[];
}

async function readObject(
  deps: Deps,
  { hints, ...object }: HintedObject,
  progress: ReportProgress,
): Promise<readonly WaitingHint[]> {
  await pullObject(deps, { ...object, runId: null, lane: 'hint' }, progress);
  return hints;
}

/**
 * Keeps the hints of records that the read did not show: such a record may have changed before the read's
 * window, be purged, or not be in the vendor's index yet.
 */
async function readCrowded(
  deps: Deps,
  object: HintedObject,
  progress: ReportProgress,
): Promise<readonly WaitingHint[]> {
  const startedAt = deps.sharedClock();
  const hints = await readObject(deps, object, progress);
  return hintsShownSince(deps.db, object.connectionId, hints, startedAt);
}

/**
 * Erases the records that are gone from the CRM. A record that still exists is read like any other. The CRM
 * is asked about it again for a minute, because its answer may be older than the erasure, and about a record
 * in its bin until that is restored or gone.
 */
async function eraseNamed(
  deps: Deps,
  { connectionId, object, kind, hints }: HintedObject,
): Promise<readonly WaitingHint[]> {
  const task = { connectionId, runId: null, about: object, kind, lane: 'hint' } as const;
  const extIds = hints.map(({ extId }) => extId);
  const purged =
    (await withCrm(deps, task, async (_, connector) => connector.purged?.(object, extIds))) ??
    new Set<string>();
  const { gone = [], present = [] } = Object.groupBy(hints, ({ extId }) =>
    purged.has(extId) ? 'gone' : 'present',
  );
  if (gone.length > 0)
    await deps.db.transaction(async (tx) => {
      // Work that holds the erased data in memory (evaluating, placing, planning, writing) ends first, or finds
      // the record erased.
      await lockDecisions(tx);
      await lockObject(tx, connectionId, object);
      const ids = gone.map(({ extId }) => extId);
      await eraseRecords(tx, connectionId, object, ids, deps.sharedClock());
    });
  if (present.length === 0) return gone;
  deps.log.warn({ object, records: present.length }, 'records were reported as erased, but the CRM has them');
  const states = await readNamedRecords(deps, { connectionId, object, kind, hints: present });
  const again = present.filter(({ extId, via, times }) => {
    const state = states.get(extId);
    return !state || existenceOf(state) === 'gone' || via !== 'recheck' || times < mostErasureChecks;
  });
  const rechecks = again.map(({ extId }) => ({ object, extId, erased: true }) as const);
  // Saving gives a new token, so deleting the processed hints leaves these.
  await saveHints(deps.db, connectionId, rechecks, { via: 'recheck', at: deps.clock(), ids: deps.ids });
  return hints;
}

async function readNamed(deps: Deps, object: HintedObject): Promise<readonly WaitingHint[]> {
  await readNamedRecords(deps, object);
  return object.hints;
}

/** Reads and stores the records that hints name. Returns their states by id; an id that is not shown is absent. */
async function readNamedRecords(
  deps: Deps,
  { connectionId, object, kind, hints }: HintedObject,
): Promise<ReadonlyMap<string, RemoteRecord>> {
  return withConnection(
    deps,
    { connectionId, runId: null, about: object, kind, lane: 'hint' },
    async (connection, connector) => {
      const mapping = await loadMapping(deps, connection, connector, kind);
      if (!mapping) return new Map();
      const pulledAt = deps.sharedClock();
      const ids = hints.map(({ extId }) => extId);
      const { records: found } = storableRecords(await connector.fetch(object, ids, remoteFields(mapping)));
      // When our data may be wrong, so may its stamp. A deleted record has no stamp of the vendor, and ours
      // may be too early.
      const rechecks = new Set(hints.filter(({ via }) => via === 'recheck').map(({ extId }) => extId));
      const { recheck = [], stamp = [] } = Object.groupBy(found, ({ extId, deleted }) =>
        deleted || rechecks.has(extId) ? 'recheck' : 'stamp',
      );
      await deps.db.transaction(async (tx) => {
        await requireLockedConnection(tx, connectionId);
        const context = { pulledAt, at: deps.clock(), via: 'hint' } as const;
        await saveRemoteRecords(tx, connectionId, object, stamp, { ...context, replaceBy: 'stamp' });
        await saveRemoteRecords(tx, connectionId, object, recheck, { ...context, replaceBy: 'recheck' });
      });
      return new Map(found.map((record) => [record.extId, record]));
    },
  );
}
