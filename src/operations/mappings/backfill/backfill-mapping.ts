import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  addBackfill,
  findBackfill,
  runningBackfill,
  saveBackfill,
  type Backfill,
} from '#src/db/mappings/backfill-store.ts';
import { recordsAfter, tallyOfWrites, type WriteTally } from '#src/db/mappings/backfill-view.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { countPresent } from '#src/db/sync/scan-store.ts';
import type { MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import {
  loadMapping,
  packFor,
  packsOf,
  requireConnection,
  withConnection,
} from '#src/operations/connections/use-connection.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { reconcileObject, isReconciled } from '#src/operations/pull/reconcile-object.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { projectedObject } from '#src/operations/write/plan-writes.ts';
import { recordsToPlan } from '#src/operations/write/desired-values.ts';
import {
  backfillCanonicalRecords,
  backfillRecords,
  isPlacedKind,
  isProjected,
  type BackfilledRecord,
} from './backfill-records.ts';
import { countEffects, noEffects, type BackfillEffects } from './backfill-report.ts';

export interface StartBackfillInput {
  readonly connectionId: string;
  readonly object: string;
  /** Needed only when one object is mapped to several kinds. */
  readonly kind?: CanonicalKind;
  /** Null when started from the command line. */
  readonly personId: string | null;
}

/** The report of a backfill that has ended also counts its writes. */
export interface BackfillReport extends BackfillEffects {
  readonly writes: WriteTally;
}

/**
 * Starts a job that applies the live mapping to all existing records of an object. The start is on the audit
 * trail.
 *
 * @throws AppError `bad_request` when the object is not mapped; `conflict` when two people start it at the
 * same moment, or the backfill of an earlier version has not ended yet
 */
export async function startBackfill(
  deps: Deps,
  { connectionId, object, kind: asked, personId }: StartBackfillInput,
): Promise<{ readonly backfillId: string | null; readonly alreadyRunning: boolean }> {
  const connection = await requireConnection(deps, connectionId);
  const packs = packsOf(deps, connection).filter((one) => one.object === object && one.enabled !== false);
  const pack = packs.find((one) => asked === undefined || one.kind === asked);
  if (!pack)
    throw new AppError('bad_request', `${object} of ${connection.name} is not mapped.`, {
      connectionId,
      field: 'object',
    });
  const { kind, version } = pack;
  const place = { connectionId, object, kind };
  const at = deps.clock();
  const backfillId = await deps.db.transaction(async (tx) => {
    const running = await runningBackfill(tx, place);
    const id = await openBackfill(deps, tx, place, { version, startedBy: personId, startedAt: at });
    const job = {
      id: deps.ids(),
      runId: null,
      stage: null,
      name: 'backfill-mapping',
      key: backfillKey(place),
      payload: { backfillId: id },
    };
    if ((await addJobs(tx, [job], at)) === 0) {
      if (running === null || running.version === version) return null;
      throw stillRunning(running);
    }
    const entry = {
      actorId: personId,
      action: 'mapping.backfill_started',
      subjectKind: 'connection',
      subjectId: connectionId,
      before: null,
      after: { object, kind, version },
      reason: null,
    } as const;
    await audit(tx, [entry], at);
    return id;
  });
  await relaySoon(deps);
  return { backfillId, alreadyRunning: backfillId === null };
}

/** The older job notices the new version at its next part and ends. The caller's transaction is rolled back. */
function stillRunning({ object, version }: Backfill): AppError {
  const message = `The backfill of version ${version} of ${object} is still stopping. Start this one again in a minute.`;
  return new AppError('conflict', message, { version });
}

/**
 * Returns the id of an open backfill of this version, whose job had given up while the vendor was away, or
 * else of a new one. An open backfill of another version is marked as failed.
 */
async function openBackfill(
  deps: Deps,
  tx: Db,
  place: MappingPlace,
  begun: Pick<Backfill, 'version' | 'startedBy' | 'startedAt'>,
): Promise<string> {
  const open = await runningBackfill(tx, place);
  if (open?.version === begun.version) return open.id;
  if (open) await saveBackfill(tx, open.id, { phase: 'failed', finishedAt: begun.startedAt });
  const id = deps.ids();
  if (await addBackfill(tx, { id, ...place, ...begun })) return id;
  throw new AppError('conflict', 'Somebody else has just started this backfill. Reload to see it.', {
    ...place,
  });
}

/** The key of the job that backfills a mapping. The job row holds the progress. */
export function backfillKey({ connectionId, object, kind }: MappingPlace): string {
  return `backfill-mapping:${connectionId}:${object}:${kind}`;
}

/** Records per transaction: few, because each transaction holds the object's lock. */
const recordsAtOnce = 500;

/**
 * Runs the backfill job: reads all records again, maps each of them whether it has changed or not, plans the
 * writes and sends them. Each part and the position after it are saved in one transaction, so a crash repeats
 * at most one part and counts nothing twice. Null when there is no such backfill, or it has failed.
 *
 * @throws ConnectorError when the vendor cannot be reached; the next attempt continues at the saved position
 */
export async function backfillMapping(
  deps: Deps,
  { backfillId }: { readonly backfillId: string },
  progress: ReportProgress,
): Promise<BackfillReport | null> {
  const backfill = await findBackfill(deps.db, backfillId);
  if (!backfill || backfill.phase === 'failed') return null;
  if (backfill.phase === 'done') return backfill.report as BackfillReport;
  if (backfill.phase === 'read') await readAllRecords(deps, backfill, progress);
  if (backfill.phase !== 'push') await mapAllRecords(deps, backfill, progress);
  await pushConnection(deps, { connectionId: backfill.connectionId, runId: null }, progress);
  const effects = ((await findBackfill(deps.db, backfillId))?.report ?? noEffects) as BackfillEffects;
  const report: BackfillReport = { ...effects, writes: await tallyOfWrites(deps.db, backfillId) };
  await saveBackfill(deps.db, backfillId, { phase: 'done', report, finishedAt: deps.clock() });
  return report;
}

/** Reads the object completely with the fields of the live mapping, like a full comparison does. */
async function readAllRecords(
  deps: Deps,
  { id, connectionId, kind }: Backfill,
  progress: ReportProgress,
): Promise<void> {
  if (isReconciled(kind))
    await reconcileObject(deps, { connectionId, kind, acceptRemovals: false }, progress);
  await saveBackfill(deps.db, id, { phase: 'carry' });
}

interface LivePack {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly pack: MappingPack;
  readonly currency: string;
}

async function mapAllRecords(
  deps: Deps,
  { id, connectionId, object, kind, version }: Backfill,
  progress: ReportProgress,
): Promise<void> {
  const { currency } = (await currentProgram(deps)).program;
  const live = await withConnection(
    deps,
    { connectionId, runId: null, about: object },
    async (connection, connector) => {
      const pack = packFor(deps, connection, kind);
      const mapping = await loadMapping(deps, connection, connector, kind);
      return pack?.version === version && mapping ? { connection, mapping, pack, currency } : null;
    },
  );
  const stop = async (): Promise<never> => {
    await saveBackfill(deps.db, id, { phase: 'failed', finishedAt: deps.clock() });
    throw new AppError(
      'conflict',
      `Version ${version} of ${object} is no longer live. Start the backfill of the live version.`,
      { id },
    );
  };
  if (!live) return stop();
  const canonicalIds = isPlacedKind(kind) ? [] : await canonicalIdsOf(deps, live);
  const total = isPlacedKind(kind) ? await countPresent(deps.db, connectionId, object) : canonicalIds.length;
  const label = `Applying version ${version} to all records of ${object}`;
  for (;;) {
    const effects = await deps.db.transaction((tx) => mapNextPart(deps, tx, id, { ...live, canonicalIds }));
    if (effects === 'superseded') return stop();
    if (!effects) return;
    await progress({ label, done: effects.read, total });
  }
}

/**
 * Maps the next part and saves the position after it. Null when no part is left; `superseded` when another
 * version has become live.
 */
async function mapNextPart(
  deps: Deps,
  tx: Db,
  id: string,
  input: MappingInput,
): Promise<BackfillEffects | 'superseded' | null> {
  const { connection, mapping, pack } = input;
  await lockObject(tx, connection.id, mapping.object);
  const inForce = packFor(deps, await requireConnection({ ...deps, db: tx }, connection.id), pack.kind);
  if (inForce?.version !== pack.version || inForce.object !== pack.object) return 'superseded';
  const saved = await findBackfill(tx, id);
  if (saved?.phase !== 'carry' && saved?.phase !== 'read') return null;
  const { records, afterId } = isPlacedKind(pack.kind)
    ? await mapRemotePart(deps, tx, { ...input, runId: id, kind: pack.kind }, saved.afterId)
    : await planCanonicalPart(deps, tx, { ...input, runId: id }, saved.afterId);
  // The position decides, not the number of records: a part may have none that live in this CRM.
  if (afterId === saved.afterId) {
    await saveBackfill(tx, id, { phase: 'push' });
    return null;
  }
  const effects = countEffects((saved.report ?? noEffects) as BackfillEffects, records);
  await saveBackfill(tx, id, { afterId, report: effects });
  return effects;
}

interface Part {
  readonly records: readonly BackfilledRecord[];
  /** The last id of the part: the position to continue after. */
  readonly afterId: string;
}

/** Maps the next records that were read from the vendor. */
async function mapRemotePart(
  deps: Deps,
  tx: Db,
  input: Parameters<typeof backfillRecords>[2],
  afterId: string,
): Promise<Part> {
  const part = await recordsAfter(tx, input.connection.id, input.mapping.object, afterId, recordsAtOnce);
  return { records: await backfillRecords(deps, tx, input, part), afterId: part.at(-1)?.extId ?? afterId };
}

interface MappingInput extends LivePack {
  /**
   * Fairway's ids of the records that only Fairway creates, sorted. A record created later is planned with the
   * live mapping anyway.
   */
  readonly canonicalIds: readonly string[];
}

async function canonicalIdsOf(
  deps: Deps,
  { connection, mapping, pack: { kind } }: LivePack,
): Promise<readonly string[]> {
  if (!isProjected(kind)) return [];
  const object = projectedObject(deps, { connection, mapping, kind });
  return (await recordsToPlan(deps.db, object, {})).toSorted();
}

/** Plans the next records that only Fairway creates. */
async function planCanonicalPart(
  deps: Deps,
  tx: Db,
  input: MappingInput & { readonly runId: string },
  afterId: string,
): Promise<Part> {
  const { canonicalIds, pack } = input;
  if (!isProjected(pack.kind)) return { records: [], afterId };
  const start = indexAfter(canonicalIds, afterId);
  const next = canonicalIds.slice(start, start + recordsAtOnce);
  const records =
    next.length === 0 ? [] : await backfillCanonicalRecords(deps, tx, { ...input, kind: pack.kind }, next);
  return { records, afterId: next.at(-1) ?? afterId };
}

/** The index of the first of these sorted ids that is greater than `id`. */
function indexAfter(sorted: readonly string[], id: string): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? '') > id) to = middle;
    else from = middle + 1;
  }
  return from;
}
