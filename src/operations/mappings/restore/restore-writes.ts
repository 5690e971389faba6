import type { Connector } from '#connectors/contract/connector.ts';
import type { ObjectDescription, RemoteFields } from '#connectors/contract/records.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { tallyOfWrites } from '#src/db/mappings/backfill-view.ts';
import type { Db } from '#src/db/client.ts';
import { saveDescription, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import type { MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import {
  addRestore,
  failRestores,
  findRestore,
  landedParts,
  saveRestore,
  tallyOfLanded,
  type Restore,
} from '#src/db/mappings/restore-store.ts';
import { editedRecords, saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import { saveIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind, CanonicalValue } from '#src/domain/record.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import { loadMapping, withConnection } from '#src/operations/connections/use-connection.ts';
import {
  isEditable,
  canonicalRecords,
  saveCanonicalRecord,
} from '#src/operations/records/canonical-values.ts';
import { planRecords } from '#src/operations/write/plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { isProjected } from '#src/operations/mappings/backfill/backfill-records.ts';
import type { LiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import { mappingTarget } from '#src/operations/mappings/versions/mapping-target.ts';
import { countRestores, emptyRestoreReport, restoreReportOf, type RestoreReport } from './restore-report.ts';
import { noMappingVersion } from '#src/operations/write/revalidate-restores.ts';
import {
  planRecordRestore,
  undoneRecords,
  withoutLaterEdits,
  type RecordRestore,
  type UndoneRecord,
} from './restore-plan.ts';

export interface RestoreInput {
  readonly connectionId: string;
  readonly object: string;
  /** Needed only when one object is mapped to several kinds. */
  readonly kind?: CanonicalKind;
  /** The writes to undo: all writes of a mapping version, or the latest `count` writes. */
  readonly undo: { readonly version: number } | { readonly count: number };
  /** Null when started from the command line. */
  readonly personId: string | null;
}

/**
 * Starts a job that undoes writes: it restores the CRM's previous values where nobody has edited the field
 * since, and lists the skipped values with the reason. The job writes through write intents like every other
 * write. The start is on the audit trail.
 *
 * @throws AppError `conflict` while the mapping version that made the writes is live, because the next run
 * would repeat them; `bad_request` when there is nothing to undo
 */
export async function startRestore(
  deps: Deps,
  { connectionId, object, kind: asked, undo, personId }: RestoreInput,
): Promise<{ readonly restoreId: string | null; readonly alreadyRunning: boolean }> {
  const target = await mappingTarget(deps, { connectionId, object, kind: asked });
  const which = {
    version: 'version' in undo ? undo.version : null,
    count: 'count' in undo ? undo.count : null,
  };
  const onlyWritten =
    target.inForce?.fields.flatMap((field) => (field.direction === 'out' ? [field.remote] : [])) ?? [];
  const live = target.inForce?.version ?? null;
  const { writes, ofVersion } = await tallyOfLanded(deps.db, target.place, which, {
    version: live,
    fields: onlyWritten,
  });
  if (writes === 0)
    throw new AppError('bad_request', `There are no writes to ${object} that can be undone.`, which);
  if (ofVersion)
    throw new AppError(
      'conflict',
      `Version ${live} of ${object} is live, so the next run would write the same values again. Roll it back first (on the mapping’s page, or with: npm run fairway -- mappings rollback), then restore.`,
      { version: live },
    );
  const id = deps.ids();
  const at = deps.clock();
  const { kind } = target.place;
  const added = await deps.db.transaction(async (tx) => {
    const key = restoreKey(target.place);
    const job = {
      id: deps.ids(),
      runId: null,
      stage: null,
      name: 'restore-writes',
      key,
      payload: { restoreId: id },
    };
    if ((await addJobs(tx, [job], at)) === 0) return false;
    // A restore that is still open here has lost its job. This one starts from the beginning.
    await failRestores(tx, target.place, at);
    await addRestore(tx, { id, connectionId, object, kind, ...which, startedBy: personId, startedAt: at });
    const entry = {
      actorId: personId,
      action: 'mapping.restore_started',
      subjectKind: 'connection',
      subjectId: connectionId,
      before: null,
      after: { object, kind, ...which, writes },
      reason: null,
    } as const;
    await audit(tx, [entry], at);
    return true;
  });
  await relaySoon(deps);
  return { restoreId: added ? id : null, alreadyRunning: !added };
}

/** The key of the job that restores a mapping's writes. The job row holds the progress. */
export function restoreKey({ connectionId, object, kind }: MappingPlace): string {
  return `restore-writes:${connectionId}:${object}:${kind}`;
}

/** Records per transaction. Each vendor returns this many with a few calls. */
const recordsAtOnce = 500;

/**
 * Runs the restore job. After an interruption it starts again; values that it had restored by then already
 * match and are not written twice. Null when there is no such restore, or it has failed.
 *
 * @throws ConnectorError
 */
export async function restoreWrites(
  deps: Deps,
  { restoreId }: { readonly restoreId: string },
  progress: ReportProgress,
): Promise<RestoreReport | null> {
  const restore = await findRestore(deps.db, restoreId);
  if (!restore || restore.phase === 'failed') return null;
  if (restore.phase === 'done') return restoreReportOf(restore);
  const { connectionId, object } = restore;
  if (restore.phase === 'plan') {
    const task = { connectionId, runId: null, about: `restore of ${object}` };
    await withConnection(deps, task, (connection, connector) =>
      planRestore(deps, { restore, connection, connector }, progress),
    );
  }
  await pushConnection(deps, { connectionId, runId: null }, progress);
  await planShared(deps, restore);
  await pushConnection(deps, { connectionId, runId: null }, progress);
  const stored = await findRestore(deps.db, restoreId);
  const planned = (stored && restoreReportOf(stored)) ?? emptyRestoreReport;
  const report: RestoreReport = { ...planned, writes: await tallyOfWrites(deps.db, restoreId) };
  await saveRestore(deps.db, restoreId, { phase: 'done', report, finishedAt: deps.clock() });
  return report;
}

interface Restoring {
  readonly restore: Restore;
  readonly connection: Connection;
  readonly connector: Connector;
}

async function planRestore(
  deps: Deps,
  { restore, connection, connector }: Restoring,
  progress: ReportProgress,
): Promise<void> {
  const description = await connector.describe(restore.object);
  await saveDescription(deps.db, connection.id, description, deps.clock());
  const mapping = await loadMapping(deps, connection, connector, restore.kind);
  if (!mapping)
    throw new AppError('conflict', `${restore.object} is no longer mapped.`, { restoreId: restore.id });
  const { records: total } = await tallyOfLanded(deps.db, restore, restore, { version: null, fields: [] });
  let report = emptyRestoreReport;
  let done = 0;
  for await (const writes of landedParts(deps.db, restore, restore, recordsAtOnce)) {
    const part = undoneRecords(writes);
    const planned = await planPart(connector, { mapping, description }, part);
    const soFar = report;
    report = await deps.db.transaction(async (tx) => {
      await lockObject(tx, connection.id, restore.object);
      const restores = await skipLaterEdits(tx, restore, mapping, planned);
      const reached = countRestores(soFar, restores);
      await writeDirect(deps, tx, restore, restores);
      await editShared(deps, tx, restore, mapping, restores);
      await saveRestore(tx, restore.id, { report: reached });
      return reached;
    });
    done += part.length;
    await progress({ label: `Checking the values written to ${restore.object}`, done, total });
  }
  await saveRestore(deps.db, restore.id, { phase: 'push' });
}

/** Fetches the records from the vendor and plans the restore of each. */
async function planPart(
  connector: Connector,
  { mapping, description }: { readonly mapping: LiveMapping; readonly description: ObjectDescription },
  undone: readonly UndoneRecord[],
): Promise<readonly RecordRestore[]> {
  const described = new Map(description.fields.map((field) => [field.name, field]));
  const names = new Set(undone.flatMap(({ values }) => values.map(({ field }) => field)));
  const extIds = undone.flatMap(({ extId }) => extId ?? []);
  const existing = [...names].filter((name) => described.has(name));
  const records = extIds.length === 0 ? [] : await connector.fetch(mapping.object, extIds, existing);
  const fieldsNow = new Map<string, RemoteFields>(
    records.flatMap(({ extId, fields, deleted }) => (deleted ? [] : [[extId, fields] as const])),
  );
  return undone.map((one) =>
    planRecordRestore(one, { mapping, described, fields: fieldsNow.get(one.extId ?? '') ?? null }),
  );
}

/** Plans the writes of the previous values that no mapping writes. */
async function writeDirect(
  deps: Deps,
  tx: Db,
  { id, connectionId, object, kind }: Restore,
  restores: readonly RecordRestore[],
): Promise<void> {
  await saveIntents(
    tx,
    restores
      .filter(({ direct }) => Object.keys(direct).length > 0)
      .map(({ recordId, extId, direct, base }) => ({
        id: deps.ids(),
        connectionId,
        object,
        kind,
        recordId,
        operation: 'update' as const,
        extId,
        keyField: null,
        keyValue: null,
        fields: direct,
        base,
        parent: null,
        urgent: false,
        mappingVersion: noMappingVersion,
        runId: id,
        createdAt: deps.clock(),
      })),
  );
}

async function skipLaterEdits(
  tx: Db,
  { kind }: Restore,
  mapping: LiveMapping,
  restores: readonly RecordRestore[],
): Promise<readonly RecordRestore[]> {
  const shared = restores.filter((one) => Object.keys(one.shared).length > 0).map((one) => one.recordId);
  if (shared.length === 0 || !isEditable(kind)) return restores;
  const canonical = await canonicalRecords(tx, kind, shared);
  return restores.map((one) => withoutLaterEdits(one, mapping, canonical.get(one.recordId)?.values ?? {}));
}

/** Restores two-way fields in Fairway as if a person had edited them, so that they are merged and written. */
async function editShared(
  deps: Deps,
  tx: Db,
  { connectionId, object, kind }: Restore,
  mapping: LiveMapping,
  restores: readonly RecordRestore[],
): Promise<void> {
  const shared = restores.filter((one) => Object.keys(one.shared).length > 0);
  if (shared.length === 0 || !isEditable(kind)) return;
  const shadows = await shadowsOf(
    tx,
    connectionId,
    object,
    shared.map(({ extId }) => extId),
  );
  const edited = new Map<string, FieldShadow>();
  for (const { recordId, extId, shared: previous } of shared) {
    let shadow: FieldShadow = shadows.get(extId)?.shadow ?? emptyShadow();
    const values: Record<string, CanonicalValue> = {};
    for (const { local, remote, read } of mapping.twoWay) {
      const value = previous[remote] === undefined ? undefined : read(previous[remote]);
      if (value === undefined || isRefusal(value)) continue;
      values[local] = value;
      // Both sides now have the value that was written last, so that value is the base of the edit.
      const before = shadow.fields[remote] ?? null;
      shadow = withEdit(shadow, { ours: local, theirs: remote }, { before, at: deps.clock() });
    }
    await saveCanonicalRecord(tx, kind, recordId, values);
    edited.set(extId, shadow);
  }
  await saveShadows(tx, connectionId, object, edited);
}

/** Plans the writes of the edits that `editShared` made. */
async function planShared(deps: Deps, { id, connectionId, object, kind }: Restore): Promise<void> {
  if (!isProjected(kind)) return;
  await withConnection(deps, { connectionId, runId: null, about: object }, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, kind);
    if (!mapping || mapping.twoWay.length === 0) return;
    const edited = (await editedRecords(deps.db, connectionId, object)).map(({ recordId }) => recordId);
    for (let start = 0; start < edited.length; start += recordsAtOnce) {
      const part = edited.slice(start, start + recordsAtOnce);
      await deps.db.transaction(async (tx) => {
        await lockObject(tx, connectionId, object);
        await planRecords(deps, tx, { connection, mapping, kind, runId: id, urgent: false }, part);
      });
    }
  });
}
