import type { Connector } from '#connectors/contract/connector.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { objectsDueForScan, saveCursor, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs, type NewJob } from '#src/db/jobs/job-store.ts';
import { mergedWithUnreadSurvivor } from '#src/db/sync/merge-store.ts';
import { reportProblems, resolveProblems, massDeletionCode } from '#src/db/sync/problem-store.ts';
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
import { storableRecords } from './storable-records.ts';

export const reconciledKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'lead',
  'registration',
  'payout',
] as const;
export type ReconciledKind = (typeof reconciledKinds)[number];

export function isReconciled(kind: string): kind is ReconciledKind {
  return (reconciledKinds as readonly string[]).includes(kind);
}

export interface ReconcileInput {
  readonly connectionId: string;
  readonly kind: ReconciledKind;
  /** True when a person has confirmed that the missing records were deleted, however many they are. */
  readonly acceptRemovals: boolean;
}

export interface Reconciliation {
  /** Records that the vendor showed. */
  readonly scanned: number;
  /** Records whose change or return had been missed. */
  readonly repaired: number;
  /** Records that were marked as deleted. */
  readonly removed: number;
  /** True when more records were missing than the connection's limit allows; then none was marked. */
  readonly stopped: boolean;
}

interface Scan {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly mapping: CompiledMapping;
}

/**
 * Compares all records that a vendor shows of an object with the stored ones, and stores the differences that
 * reads and hints have missed. They are placed the next time records are placed.
 *
 * Only a complete scan can show that a record is missing. Each missing record is then fetched by its id. If
 * very many are missing, a person must confirm first, because a lost permission looks the same. A record that
 * the vendor does not mention at all, not even as deleted, is marked as deleted only here.
 */
export async function reconcileObject(
  deps: Deps,
  input: ReconcileInput,
  progress: ReportProgress,
): Promise<Reconciliation> {
  const object = packFor(deps, await requireConnection(deps, input.connectionId), input.kind)?.object;
  if (object === undefined) return { scanned: 0, repaired: 0, removed: 0, stopped: false };
  const task = { connectionId: input.connectionId, runId: null, about: object, kind: input.kind };
  return withConnection(deps, task, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, input.kind);
    if (!mapping) return { scanned: 0, repaired: 0, removed: 0, stopped: false };
    const scan = { connection, connector, mapping };
    const startedAt = deps.sharedClock();
    const present = await countPresent(deps.db, connection.id, object);
    const seen = await scanAll(deps, scan, progress);
    const { unseen: notShown, revived } = await compareScan(deps.db, connection.id, object, startedAt);
    // A survivor of a merge that was never read is missing as well: merged records wait for it.
    const unread = await mergedWithUnreadSurvivor(deps.db, connection.id, object, null);
    const missing = [...new Set([...notShown, ...unread.map(({ survivorId }) => survivorId)])];
    const stopped =
      !input.acceptRemovals && exceedsLimit(missing.length, present, connection.removalLimitPercent);
    const verified = await verify(deps, scan, { unseen: stopped ? [] : missing, revived }, progress);
    await finishScan(deps, scan, stopped ? { missing: missing.length, present } : null);
    return {
      scanned: seen.scanned,
      repaired: seen.repaired + verified.repaired,
      removed: verified.removed,
      stopped,
    };
  });
}

/** This many may always be missing: a percentage means little in a small object. */
const alwaysAllowed = 10;

function exceedsLimit(missing: number, present: number, limitPercent: number): boolean {
  return missing > alwaysAllowed && missing * 100 > present * limitPercent;
}

async function scanAll(deps: Deps, { connection, connector, mapping }: Scan, progress: ReportProgress) {
  const { object } = mapping;
  await deleteScanned(deps.db, connection.id, object);
  let scanned = 0;
  let repaired = 0;
  for await (const page of readAhead(
    connector.pull({ object, fields: remoteFields(mapping), since: null, resume: null }),
  )) {
    const context = { pulledAt: page.askedAt, at: deps.clock(), via: 'scan', replaceBy: 'stamp' } as const;
    const { records } = storableRecords(page.records);
    const present = records.filter((record) => !record.deleted).map((record) => record.extId);
    repaired += await deps.db.transaction(async (tx) => {
      await requireLockedConnection(tx, connection.id);
      await saveScanned(tx, connection.id, object, present);
      return saveRemoteRecords(tx, connection.id, object, records, context);
    });
    scanned += page.records.length;
    await progress({ label: `Comparing ${object} of ${connection.name}`, done: scanned, total: page.total });
  }
  return { scanned, repaired };
}

const fetchedAtOnce = 500;

/**
 * Fetches by id the records on which the scan and our data disagree. The vendor's answer counts, even with an
 * older stamp. A missing record that the vendor does not show now either is marked as deleted.
 */
async function verify(
  deps: Deps,
  { connection, connector, mapping }: Scan,
  { unseen, revived }: ScanDifference,
  progress: ReportProgress,
) {
  const missing = new Set(unseen);
  const extIds = [...unseen, ...revived];
  let repaired = 0;
  let removed = 0;
  for (let start = 0; start < extIds.length; start += fetchedAtOnce) {
    const asked = new Set(extIds.slice(start, start + fetchedAtOnce));
    const pulledAt = deps.sharedClock();
    const fetched = await connector.fetch(mapping.object, [...asked], remoteFields(mapping));
    const { records: found } = storableRecords(fetched);
    const context = { pulledAt, at: deps.clock(), via: 'scan', replaceBy: 'asked' } as const;
    const shown = new Set(found.map((record) => record.extId));
    const absent = [...asked].filter((extId) => missing.has(extId) && !shown.has(extId));
    const records = [
      ...found,
      ...absent.map((extId) => ({ extId, fields: {}, modifiedAt: pulledAt.toISOString(), deleted: true })),
    ];
    const changed = await deps.db.transaction(async (tx) => {
      await requireLockedConnection(tx, connection.id);
      return saveRemoteRecords(tx, connection.id, mapping.object, records, context);
    });
    const deleted = records.filter((record) => record.deleted && asked.has(record.extId)).length;
    removed += Math.min(deleted, changed);
    repaired += Math.max(0, changed - deleted);
    const done = start + asked.size;
    await progress({
      label: `Checking ${mapping.object} records that were not shown`,
      done,
      total: extIds.length,
    });
  }
  return { repaired, removed };
}

/** A separate problem, because the connection's own problem is resolved by every successful scan. */
const missingRecordsOf = (object: string): string => `${object} missing in the CRM`;

async function finishScan(
  deps: Deps,
  { connection, mapping }: Scan,
  stopped: { readonly missing: number; readonly present: number } | null,
): Promise<void> {
  const { object, kind } = mapping;
  const at = deps.clock();
  const where = {
    source: 'connection',
    connectionId: connection.id,
    object: missingRecordsOf(object),
  } as const;
  await deps.db.transaction(async (tx) => {
    await deleteScanned(tx, connection.id, object);
    await saveCursor(tx, connection.id, object, {}, { scannedAt: at });
    if (!stopped) return resolveProblems(tx, where, [connection.name], at);
    const message = `${stopped.missing} of ${stopped.present} ${object} records are missing in the CRM. None was marked as deleted.`;
    const command = `npm run fairway -- sync reconcile --connection "${connection.name}" --kind ${kind} --agree`;
    const fix = `If the integration user lost access to them, restore it. If they were deleted, confirm that on the connection’s page or with: ${command}`;
    const failure = { class: 'permission', code: massDeletionCode, message, fix } as const;
    await reportProblems(tx, where, [{ id: deps.ids(), ref: connection.name, failure }], at);
    await raiseAlert(deps, tx, {
      connectionId: connection.id,
      state: 'mass_deletion',
      message: `${connection.name}: ${message} ${fix}`,
    });
  });
}

/** A job that compares one object. Its key allows one open job for each object. */
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

const reconcileEveryMs = 24 * 3_600_000;

/**
 * Adds a job for every object that was not read completely within a day. All workers call it; the key allows
 * one job.
 */
export async function scheduleReconciliations(deps: Deps): Promise<void> {
  const before = new Date(deps.clock().getTime() - reconcileEveryMs);
  for (const connection of await usableConnections(deps)) {
    const due = new Set(await objectsDueForScan(deps.db, connection.id, before));
    const kinds = reconciledKinds.filter((kind) => due.has(packFor(deps, connection, kind)?.object ?? ''));
    await addJobs(
      deps.db,
      kinds.map((kind) => reconcileJob(deps, { connectionId: connection.id, kind, acceptRemovals: false })),
      deps.clock(),
    );
  }
}
