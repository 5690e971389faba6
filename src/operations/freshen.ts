import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError, type FailureClass } from '#connectors/connector.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { eraseRecords } from '#src/db/erase-store.ts';
import { forgetHints, waitingHints, type WaitingHint } from '#src/db/hint-store.ts';
import { lockObject } from '#src/db/remote-store.ts';
import { saveRemoteRecords } from '#src/db/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import { answerChanges, type ChangedObject } from './answer-changes.ts';
import { loadMapping, requireConnection, withConnection } from './connections.ts';
import type { ReportProgress } from './progress.ts';
import { pullChanges } from './pull-changes.ts';
import { pushWrites } from './push-writes.ts';
import { hintedObjects, type HintedKind } from './take-hints.ts';

/** Of one object, in one go. */
const batchSize = 500;
/** What keeps one call from going through keeps every other. */
const concernsAll: ReadonlySet<FailureClass> = new Set(['auth', 'throttle', 'retry']);
/** Then the job ends and another takes over, so that one busy connection does not hold on to a worker. */
const longestMs = 60_000;

export interface FreshenInput {
  readonly connectionId: string;
  /** From the beginning of one round to that of the next: what is told meanwhile is read together, in fewer calls. */
  readonly roundEveryMs?: number;
}

/**
 * Serves the hints of one connection until there are none: reads the records they name, lets what changed take effect, and answers
 * in the CRM. A hint is forgotten only after all that follows from it is planned; whatever fails or stops earlier is done again, and
 * what was told again meanwhile is read again.
 *
 * @throws what kept an object from being read or an answer from being written, after the rest; at once what concerns the whole connection
 */
export async function freshen(deps: Deps, { connectionId, roundEveryMs = 1_000 }: FreshenInput, progress: ReportProgress): Promise<void> {
  const unread = new Map<string, ConnectorError>();
  const until = deps.clock().getTime() + longestMs;
  let unwritten: ConnectorError | null = null;
  let served = 0;
  for (;;) {
    const began = performance.now();
    const hints = await waitingHints(deps.db, connectionId, { perObject: batchSize, except: [...unread.keys()], now: deps.clock() });
    await serve(deps, { connectionId, hints, unread }, progress);
    // Without hints, too: an attempt before this one may have got no further than planning.
    unwritten = await refusalOf(pushWrites(deps, { connectionId, runId: null, lane: 'hint' }, progress));
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
}

/** What costs no call goes first, and last what may read much: whatever keeps a call from going through does not keep the ones before. */
async function serve(deps: Deps, round: Round, progress: ReportProgress): Promise<void> {
  const {
    erased = [],
    named = [],
    whole = [],
  } = Object.groupBy(round.hints, (hint) => (hint.erased ? 'erased' : hint.extId === '' ? 'whole' : 'named'));
  await serveHints(deps, { ...round, hints: erased }, forgetErased, progress);
  await serveHints(deps, { ...round, hints: named }, readNamed, progress);
  await serveHints(deps, { ...round, hints: whole }, pullChanges, progress);
}

async function serveHints(
  deps: Deps,
  { connectionId, hints, unread }: Round,
  read: (deps: Deps, what: HintedObject & { readonly runId: null }, progress: ReportProgress) => Promise<unknown>,
  progress: ReportProgress,
): Promise<void> {
  const kinds = hintedObjects(deps, await requireConnection(deps, connectionId));
  const changed: ChangedObject[] = [];
  for (const [object, group] of Map.groupBy(hints, (hint) => hint.object)) {
    const kind = kinds.get(object);
    // Its mapping was taken away after the hint came.
    if (kind === undefined || unread.has(object)) continue;
    try {
      await read(deps, { runId: null, connectionId, object, kind, hints: group }, progress);
      changed.push({ object, kind, extIds: group.map((hint) => hint.extId) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || concernsAll.has(error.failure.class)) throw error;
      unread.set(object, error);
    }
  }
  if (changed.length > 0) await answerChanges(deps, { connectionId, changed }, progress);
  await forgetHints(
    deps.db,
    connectionId,
    hints.filter(({ object }) => !unread.has(object)),
  );
}

interface HintedObject {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: HintedKind;
  readonly hints: readonly WaitingHint[];
}

async function forgetErased(deps: Deps, { connectionId, object, hints }: HintedObject): Promise<void> {
  const erased = hints.map(({ extId }) => extId);
  await deps.db.transaction(async (tx) => {
    // Whoever holds what they said in memory, to place, plan or write it, ends first or finds it gone.
    await lockObject(tx, connectionId, object);
    await eraseRecords(tx, connectionId, object, erased, deps.sharedClock());
  });
}

async function readNamed(deps: Deps, { connectionId, object, kind, hints: named }: HintedObject): Promise<void> {
  await withConnection(deps, { connectionId, runId: null, about: object, lane: 'hint' }, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, kind);
    if (!mapping) return;
    const pulledAt = deps.sharedClock();
    const ids = named.map(({ extId }) => extId);
    const found = await connector.fetch(object, ids, remoteFields(mapping));
    // What we doubt is not judged by the stamps we doubt; of what is gone the vendor has no stamp, and ours for it may be too early.
    const doubts = new Set(named.filter(({ via }) => via === 'doubt').map(({ extId }) => extId));
    const { doubted = [], ordered = [] } = Object.groupBy(found, ({ extId, deleted }) =>
      deleted || doubts.has(extId) ? 'doubted' : 'ordered',
    );
    await deps.db.transaction(async (tx) => {
      const showing = { pulledAt, at: deps.clock(), via: 'hint' } as const;
      await saveRemoteRecords(tx, connectionId, object, ordered, { ...showing, stamps: 'ordered' });
      await saveRemoteRecords(tx, connectionId, object, doubted, { ...showing, stamps: 'doubted' });
    });
  });
}
