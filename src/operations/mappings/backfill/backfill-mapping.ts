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
import { recordsAfter, tallyOfWrites, type WriteTally } from '#src/db/mappings/carry-view.ts';
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
import {
  reconcileObject,
  reconciledKinds,
  type ReconciledKind,
} from '#src/operations/pull/reconcile-object.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { recordsToPlan } from '#src/operations/write/desired-values.ts';
import {
  backfillCanonicalRecords,
  carryRecords,
  isPlacedKind,
  isProjected,
  type CarriedRecord,
} from './backfill-records.ts';
import { countCarried, emptyReport, type CarryReport } from './backfill-report.ts';

export interface StartBackfillInput {
  readonly connectionId: string;
  readonly object: string;
  /** Needed only where one object is mapped to several kinds. */
  readonly kind?: CanonicalKind;
  /** Null at the command line. */
  readonly personId: string | null;
}

/** What a backfill leaves: what it did here and planned for the CRM, and what became of the latter. */
export interface BackfillReport extends CarryReport {
  readonly writes: WriteTally;
}

/**
 * Carries the mapping that is live over to all records of an object, because a person asks for it. It happens
 * in a job, and is on the audit trail.
 *
 * @throws AppError `bad_request` when nothing is mapped to that object; `conflict` when two people start it
 * in the same moment
 */
export async function startBackfill(
  deps: Deps,
  { connectionId, object, kind: asked, personId }: StartBackfillInput,
): Promise<{ readonly backfillId: string | null; readonly alreadyRunning: boolean }> {
  const connection = await requireConnection(deps, connectionId);
  const of = packsOf(deps, connection).filter((one) => one.object === object && one.enabled !== false);
  const pack = of.find((one) => asked === undefined || one.kind === asked);
  if (!pack)
    throw new AppError('bad_request', `Nothing of ${connection.name} is mapped to ${object}.`, {
      connectionId,
      field: 'object',
    });
  const { kind, version } = pack;
  const place = { connectionId, object, kind };
  const at = deps.clock();
  const backfillId = await deps.db.transaction(async (tx) => {
    const underWay = await runningBackfill(tx, place);
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
      if (underWay === null || underWay.version === version) return null;
      throw stillEnding(underWay);
    }
    const act = {
      action: 'mapping.backfill_started',
      subjectKind: 'connection',
      subjectId: connectionId,
    } as const;
    await audit(
      tx,
      [{ ...act, actorId: personId, before: null, after: { object, kind, version }, reason: null }],
      at,
    );
    return id;
  });
  await relaySoon(deps);
  return { backfillId, alreadyRunning: backfillId === null };
}

/** Its job goes on until the next part; what this transaction has done is taken back. */
function stillEnding({ object, version }: Backfill): AppError {
  const message = `The backfill of version ${version} of ${object} has not ended yet, and does so by itself. Start this one again in a minute.`;
  return new AppError('conflict', message, { version });
}

/**
 * The one to go on with, whose job gave up when the vendor could not be asked for long, or else a new one.
 * One of a version that is not in force any more ends here.
 */
async function openBackfill(
  deps: Deps,
  tx: Db,
  place: MappingPlace,
  begun: Pick<Backfill, 'version' | 'startedBy' | 'startedAt'>,
): Promise<string> {
  const left = await runningBackfill(tx, place);
  if (left?.version === begun.version) return left.id;
  if (left) await saveBackfill(tx, left.id, { phase: 'failed', finishedAt: begun.startedAt });
  const id = deps.ids();
  if (await addBackfill(tx, { id, ...place, ...begun })) return id;
  throw new AppError('conflict', 'Somebody else has just started this. Look again in a moment.', {
    ...place,
  });
}

/** The job of a mapping's backfill, whose row tells its progress. */
export function backfillKey({ connectionId, object, kind }: MappingPlace): string {
  return `backfill-mapping:${connectionId}:${object}:${kind}`;
}

/** Few enough that nobody waits long for the object's lock. */
const recordsAtOnce = 500;

/**
 * The job: everything is read again, mapped whether it has changed or not, compared and written. Each part
 * and the place to go on from are one transaction, so that a crash costs a part and nothing is counted twice.
 *
 * @throws ConnectorError when the vendor cannot be asked: tried again, it goes on where it was
 */
export async function backfillMapping(
  deps: Deps,
  { backfillId }: { readonly backfillId: string },
  progress: ReportProgress,
): Promise<BackfillReport | null> {
  const backfill = await findBackfill(deps.db, backfillId);
  if (!backfill || backfill.phase === 'failed') return null;
  if (backfill.phase === 'done') return backfill.report as BackfillReport;
  if (backfill.phase === 'read') await readAgain(deps, backfill, progress);
  if (backfill.phase !== 'push') await carryAll(deps, backfill, progress);
  await pushConnection(deps, { connectionId: backfill.connectionId, runId: null }, progress);
  const carried = ((await findBackfill(deps.db, backfillId))?.report ?? emptyReport) as CarryReport;
  const report: BackfillReport = { ...carried, writes: await tallyOfWrites(deps.db, backfillId) };
  await saveBackfill(deps.db, backfillId, { phase: 'done', report, finishedAt: deps.clock() });
  return report;
}

/**
 * With the fields of the mapping as it is now; what has vanished meanwhile is treated as by every comparison.
 */
async function readAgain(
  deps: Deps,
  { id, connectionId, kind }: Backfill,
  progress: ReportProgress,
): Promise<void> {
  if (isReconciled(kind)) await reconcileObject(deps, { connectionId, kind, vanishAgreed: false }, progress);
  await saveBackfill(deps.db, id, { phase: 'carry' });
}

function isReconciled(kind: string): kind is ReconciledKind {
  return (reconciledKinds as readonly string[]).includes(kind);
}

interface Carrying {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly pack: MappingPack;
  readonly currency: string;
}

async function carryAll(
  deps: Deps,
  { id, connectionId, object, kind, version }: Backfill,
  progress: ReportProgress,
): Promise<void> {
  const { currency } = (await currentProgram(deps)).program;
  const carrying = await withConnection(
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
      `Version ${version} of ${object} is not live any more. Start the backfill of the one that is.`,
      { id },
    );
  };
  if (!carrying) return stop();
  const made = isPlacedKind(kind) ? [] : await madeRecords(deps.db, carrying);
  const total = isPlacedKind(kind) ? await countPresent(deps.db, connectionId, object) : made.length;
  const label = `Carrying version ${version} of ${object} over`;
  for (;;) {
    const report = await deps.db.transaction((tx) => carryNext(deps, tx, id, { ...carrying, made }));
    if (report === 'overtaken') return stop();
    if (!report) return;
    await progress({ label, done: report.read, total });
  }
}

/**
 * The next part and where it ends, kept together. Null when there was none left; `overtaken` once another
 * version is live.
 */
async function carryNext(
  deps: Deps,
  tx: Db,
  id: string,
  carrying: CarryingAll,
): Promise<CarryReport | 'overtaken' | null> {
  const { connection, mapping, pack } = carrying;
  await lockObject(tx, connection.id, mapping.object);
  const inForce = packFor(deps, await requireConnection({ ...deps, db: tx }, connection.id), pack.kind);
  if (inForce?.version !== pack.version || inForce.object !== pack.object) return 'overtaken';
  const reached = await findBackfill(tx, id);
  if (reached?.phase !== 'carry' && reached?.phase !== 'read') return null;
  const { carried, afterId } = isPlacedKind(pack.kind)
    ? await carryShown(deps, tx, { ...carrying, runId: id, kind: pack.kind }, reached.afterId)
    : await carryMade(deps, tx, { ...carrying, runId: id }, reached.afterId);
  // Of a part there may be nothing to say: its records live in another CRM.
  if (afterId === reached.afterId) {
    await saveBackfill(tx, id, { phase: 'push' });
    return null;
  }
  const report = countCarried((reached.report ?? emptyReport) as CarryReport, carried);
  await saveBackfill(tx, id, { afterId, report });
  return report;
}

interface Part {
  readonly carried: readonly CarriedRecord[];
  readonly afterId: string;
}

async function carryShown(
  deps: Deps,
  tx: Db,
  input: Parameters<typeof carryRecords>[2],
  afterId: string,
): Promise<Part> {
  const records = await recordsAfter(tx, input.connection.id, input.mapping.object, afterId, recordsAtOnce);
  return { carried: await carryRecords(deps, tx, input, records), afterId: records.at(-1)?.extId ?? afterId };
}

interface CarryingAll extends Carrying {
  /**
   * Records that only Fairway makes, by our ids, in their order. One made since is planned by the mapping in
   * force as it is.
   */
  readonly made: readonly string[];
}

async function madeRecords(
  db: Db,
  { connection, mapping, pack: { kind } }: Carrying,
): Promise<readonly string[]> {
  if (!isProjected(kind)) return [];
  return (await recordsToPlan(db, { connectionId: connection.id, mapping, kind }, {})).toSorted();
}

async function carryMade(
  deps: Deps,
  tx: Db,
  input: CarryingAll & { readonly runId: string },
  afterId: string,
): Promise<Part> {
  const { made, pack } = input;
  if (!isProjected(pack.kind)) return { carried: [], afterId };
  const start = placeAfter(made, afterId);
  const next = made.slice(start, start + recordsAtOnce);
  const carried =
    next.length === 0 ? [] : await backfillCanonicalRecords(deps, tx, { ...input, kind: pack.kind }, next);
  return { carried, afterId: next.at(-1) ?? afterId };
}

/** Where the first of some sorted ids stands that comes after this one. */
function placeAfter(sorted: readonly string[], id: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? '') > id) to = middle;
    else from = middle + 1;
  }
  return from;
}
