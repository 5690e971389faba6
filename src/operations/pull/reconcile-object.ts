import type { Connector } from '#connectors/contract/connector.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { objectsDueForScan, saveCursor, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs, type NewJob } from '#src/db/jobs/job-store.ts';
import { mergedWithUnreadSurvivor } from '#src/db/sync/merge-store.ts';
import { reportProblems, resolveProblems, vanishingCode } from '#src/db/sync/problem-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import {
  compareScan,
  countPresent,
  deleteScanned,
  saveScanned,
  type ScanDifference,
} from '#src/db/sync/scan-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  loadMapping,
  packFor,
  requireConnection,
  requireLockedConnection,
  usableConnections,
  withConnection,
} from '#src/operations/connections/use-connection.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { raiseAlert } from '#src/operations/alerts/raise-alert.ts';
import { readAhead } from './read-ahead.ts';

export const reconciledKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'registration',
] as const;
export type ReconciledKind = (typeof reconciledKinds)[number];

export interface ReconcileInput {
  readonly connectionId: string;
  readonly kind: ReconciledKind;
  /** A person has said that as many records as would vanish really were deleted. */
  readonly vanishAgreed: boolean;
}

export interface Reconciliation {
  /** Records the vendor showed. */
  readonly scanned: number;
  /** Records that had changed, or come back, without our having noticed. */
  readonly repaired: number;
  /** Records that are gone, and were marked so. */
  readonly gone: number;
  /** More would vanish than the connection allows without being asked: none of them was touched. */
  readonly stopped: boolean;
}

interface Scan {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly mapping: CompiledMapping;
}

/**
 * Compares everything a vendor shows of an object with what we hold, and mends the difference: what polls and
 * hints have missed. The next mapping places it. Only a scan that came to its end may say that something is
 * gone, and even then each such record is asked for by its id; and when very many would go at once, a person
 * is asked first, because a lost permission looks just the same. What the vendor says nothing of, not even
 * that it is gone, is taken back here alone, and only within what may go unasked.
 */
export async function reconcileObject(
  deps: Deps,
  input: ReconcileInput,
  progress: ReportProgress,
): Promise<Reconciliation> {
  const object = packFor(deps, await requireConnection(deps, input.connectionId), input.kind)?.object;
  if (object === undefined) return { scanned: 0, repaired: 0, gone: 0, stopped: false };
  const errand = { connectionId: input.connectionId, runId: null, about: object, kind: input.kind };
  return withConnection(deps, errand, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, input.kind);
    if (!mapping) return { scanned: 0, repaired: 0, gone: 0, stopped: false };
    const scan = { connection, connector, mapping };
    const began = deps.sharedClock();
    const present = await countPresent(deps.db, connection.id, object);
    const seen = await scanAll(deps, scan, progress);
    const { vanished: unseen, revived } = await compareScan(deps.db, connection.id, object, began);
    // What others were merged into and nobody has ever shown us has vanished no less: they wait for it.
    const unread = await mergedWithUnreadSurvivor(deps.db, connection.id, object, null);
    const vanished = [...new Set([...unseen, ...unread.map(({ survivorId }) => survivorId)])];
    const stopped = !input.vanishAgreed && tooMany(vanished.length, present, connection.removalLimitPercent);
    const verified = await verify(deps, scan, { vanished: stopped ? [] : vanished, revived }, progress);
    await conclude(deps, scan, stopped ? { vanished: vanished.length, present } : null);
    return {
      scanned: seen.scanned,
      repaired: seen.repaired + verified.repaired,
      gone: verified.gone,
      stopped,
    };
  });
}

/** A handful may always go: a percentage of little says nothing. */
const alwaysAllowed = 10;

function tooMany(vanished: number, present: number, limitPercent: number): boolean {
  return vanished > alwaysAllowed && vanished * 100 > present * limitPercent;
}

async function scanAll(deps: Deps, { connection, connector, mapping }: Scan, progress: ReportProgress) {
  const { object } = mapping;
  await deleteScanned(deps.db, connection.id, object);
  let scanned = 0;
  let repaired = 0;
  for await (const page of readAhead(
    connector.pull({ object, fields: remoteFields(mapping), since: null, resume: null }),
  )) {
    const showing = { pulledAt: page.askedAt, at: deps.clock(), via: 'scan', replaceBy: 'stamp' } as const;
    const present = page.records.filter((record) => !record.deleted).map((record) => record.extId);
    repaired += await deps.db.transaction(async (tx) => {
      await requireLockedConnection(tx, connection.id);
      await saveScanned(tx, connection.id, object, present);
      return saveRemoteRecords(tx, connection.id, object, page.records, showing);
    });
    scanned += page.records.length;
    await progress({ label: `Comparing ${object} of ${connection.name}`, done: scanned, total: page.total });
  }
  return { scanned, repaired };
}

const fetchedAtOnce = 500;

/**
 * Asks for records one by one where the scan contradicts us. What the vendor says then counts, whatever its
 * stamp; when it says nothing of what has vanished, so does that.
 */
async function verify(
  deps: Deps,
  { connection, connector, mapping }: Scan,
  { vanished, revived }: ScanDifference,
  progress: ReportProgress,
) {
  const mayGo = new Set(vanished);
  const extIds = [...vanished, ...revived];
  let repaired = 0;
  let gone = 0;
  for (let start = 0; start < extIds.length; start += fetchedAtOnce) {
    const asked = new Set(extIds.slice(start, start + fetchedAtOnce));
    const pulledAt = deps.sharedClock();
    const found = await connector.fetch(mapping.object, [...asked], remoteFields(mapping));
    const showing = { pulledAt, at: deps.clock(), via: 'scan', replaceBy: 'asked' } as const;
    const shown = new Set(found.map((record) => record.extId));
    const absent = [...asked].filter((extId) => mayGo.has(extId) && !shown.has(extId));
    const records = [
      ...found,
      ...absent.map((extId) => ({ extId, fields: {}, modifiedAt: pulledAt.toISOString(), deleted: true })),
    ];
    const changed = await deps.db.transaction(async (tx) => {
      await requireLockedConnection(tx, connection.id);
      return saveRemoteRecords(tx, connection.id, mapping.object, records, showing);
    });
    const lost = records.filter((record) => record.deleted && asked.has(record.extId)).length;
    gone += Math.min(lost, changed);
    repaired += Math.max(0, changed - lost);
    const done = start + asked.size;
    await progress({
      label: `Looking for ${mapping.object} that were not shown`,
      done,
      total: extIds.length,
    });
  }
  return { repaired, gone };
}

/** Said beside the errand's own problem, which a scan that was let in mends. */
const vanishing = (object: string): string => `${object} that vanished`;

async function conclude(
  deps: Deps,
  { connection, mapping }: Scan,
  stopped: { readonly vanished: number; readonly present: number } | null,
): Promise<void> {
  const { object, kind } = mapping;
  const at = deps.clock();
  const where = { source: 'connection', connectionId: connection.id, object: vanishing(object) } as const;
  await deps.db.transaction(async (tx) => {
    await deleteScanned(tx, connection.id, object);
    await saveCursor(tx, connection.id, object, {}, { scannedAt: at });
    if (!stopped) return resolveProblems(tx, where, [connection.name], at);
    const message = `${stopped.vanished} of ${stopped.present} ${object} records were not shown any more. None was marked as deleted.`;
    const command = `npm run fairway -- sync reconcile --connection "${connection.name}" --kind ${kind} --agree`;
    const fix = `If the integration user may no longer see them, let it see them again. If they really were deleted, agree on the connection’s page or with: ${command}`;
    const failure = { class: 'permission', code: vanishingCode, message, fix } as const;
    await reportProblems(tx, where, [{ id: deps.ids(), ref: connection.name, failure }], at);
    await raiseAlert(deps, tx, {
      connectionId: connection.id,
      state: 'vanishing',
      message: `${connection.name}: ${message} ${fix}`,
    });
  });
}

/** The open job that compares one object; a second is not put out beside it. */
export function reconcileJob(deps: Pick<Deps, 'ids'>, input: ReconcileInput): NewJob {
  return {
    id: deps.ids(),
    runId: null,
    stage: null,
    name: 'reconcile',
    key: `reconcile:${input.connectionId}:${input.kind}`,
    payload: input,
  };
}

const reconciledEveryMs = 24 * 3_600_000;

/**
 * Has every object compared once a day, whoever looked at it as a whole last. All workers call this, and
 * together make one job.
 */
export async function scheduleReconciliations(deps: Deps): Promise<void> {
  const before = new Date(deps.clock().getTime() - reconciledEveryMs);
  for (const connection of await usableConnections(deps)) {
    const due = new Set(await objectsDueForScan(deps.db, connection.id, before));
    const kinds = reconciledKinds.filter((kind) => due.has(packFor(deps, connection, kind)?.object ?? ''));
    await addJobs(
      deps.db,
      kinds.map((kind) => reconcileJob(deps, { connectionId: connection.id, kind, vanishAgreed: false })),
      deps.clock(),
    );
  }
}
