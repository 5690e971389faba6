import type { Connector, ObjectDescription, RemoteFields } from '#connectors/contract/crm.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { tallyOfWrites, type WriteTally } from '#src/db/mappings/carry-view.ts';
import type { Db } from '#src/db/client.ts';
import { saveDescription, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import type { MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import {
  addRestore,
  endRestores,
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
import { countRestores, emptyRestoreReport, type RestoreReport } from './restore-report.ts';
import { noVersion } from '#src/operations/write/revalidate-restores.ts';
import {
  restoreOf,
  undoneRecords,
  withoutOurEdits,
  type RecordRestore,
  type UndoneRecord,
} from './restore-plan.ts';

export interface RestoreInput {
  readonly connectionId: string;
  readonly object: string;
  /** Needed only where one object is mapped to several kinds. */
  readonly kind?: CanonicalKind;
  /** Which writes: all of a mapping version, or so many of the last. */
  readonly undo: { readonly version: number } | { readonly count: number };
  /** Null at the command line. */
  readonly personId: string | null;
}

/**
 * Undoes writes: what stood in the CRM before them is put back where nobody has edited since; the rest is
 * listed with the reason. It happens in a job, by write intents like every other write, and is on the audit
 * trail.
 *
 * @throws AppError `conflict` while the mapping that made the writes is live, which would make them again: it
 * is rolled back first;
 *   `bad_request` when there is nothing to undo
 */
export async function restoreWrites(
  deps: Deps,
  { connectionId, object, kind: asked, undo, personId }: RestoreInput,
): Promise<{ readonly restoreId: string | null; readonly alreadyRunning: boolean }> {
  const target = await mappingTarget(deps, { connectionId, object, kind: asked });
  const which = {
    version: 'version' in undo ? undo.version : null,
    count: 'count' in undo ? undo.count : null,
  };
  const owned =
    target.inForce?.fields.flatMap((field) => (field.direction === 'out' ? [field.remote] : [])) ?? [];
  const live = target.inForce?.version ?? null;
  const { writes, ofVersion } = await tallyOfLanded(deps.db, target.place, which, {
    version: live,
    fields: owned,
  });
  if (writes === 0)
    throw new AppError(
      'bad_request',
      `Nothing is known to have been written to ${object} that could be undone.`,
      which,
    );
  if (ofVersion)
    throw new AppError(
      'conflict',
      `Version ${live} of ${object} is live and would write the same again with the next run. Roll it back first (on the mapping’s page, or with: npm run fairway -- mappings rollback), then restore.`,
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
    // One whose job gave up is over: this one looks at everything afresh.
    await endRestores(tx, target.place, at);
    await addRestore(tx, { id, connectionId, object, kind, ...which, startedBy: personId, startedAt: at });
    const act = {
      action: 'mapping.restore_started',
      subjectKind: 'connection',
      subjectId: connectionId,
    } as const;
    await audit(
      tx,
      [{ ...act, actorId: personId, before: null, after: { object, kind, ...which, writes }, reason: null }],
      at,
    );
    return true;
  });
  await relaySoon(deps);
  return { restoreId: added ? id : null, alreadyRunning: !added };
}

/** The job of a mapping's restore, whose row tells its progress. */
export function restoreKey({ connectionId, object, kind }: MappingPlace): string {
  return `restore-writes:${connectionId}:${object}:${kind}`;
}

export interface RestoreOutcome extends RestoreReport {
  readonly writes: WriteTally;
}

/** Few enough for one call of every vendor's to show, a few times over. */
const recordsAtOnce = 500;

/**
 * The job. One that was interrupted looks again: what was put back by then is found as it should be. @throws
 * ConnectorError
 */
export async function runRestore(
  deps: Deps,
  { restoreId }: { readonly restoreId: string },
  progress: ReportProgress,
): Promise<RestoreOutcome | null> {
  const restore = await findRestore(deps.db, restoreId);
  if (!restore || restore.phase === 'failed') return null;
  if (restore.phase === 'done') return restore.report as RestoreOutcome;
  const { connectionId, object } = restore;
  if (restore.phase === 'plan') {
    const errand = { connectionId, runId: null, about: `restore of ${object}` };
    await withConnection(deps, errand, (connection, connector) =>
      planRestore(deps, { restore, connection, connector }, progress),
    );
  }
  await pushConnection(deps, { connectionId, runId: null }, progress);
  await planShared(deps, restore);
  await pushConnection(deps, { connectionId, runId: null }, progress);
  const planned = ((await findRestore(deps.db, restoreId))?.report ?? emptyRestoreReport) as RestoreReport;
  const report: RestoreOutcome = { ...planned, writes: await tallyOfWrites(deps.db, restoreId) };
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
    throw new AppError('conflict', `${restore.object} is not mapped any more.`, { restoreId: restore.id });
  const { records: total } = await tallyOfLanded(deps.db, restore, restore, { version: null, fields: [] });
  let report = emptyRestoreReport;
  let done = 0;
  for await (const writes of landedParts(deps.db, restore, restore, recordsAtOnce)) {
    const part = undoneRecords(writes);
    const looked = await lookAt(connector, { mapping, description }, part);
    const soFar = report;
    report = await deps.db.transaction(async (tx) => {
      await lockObject(tx, connection.id, restore.object);
      const restores = await leaveOurEdits(tx, restore, mapping, looked);
      const reached = countRestores(soFar, restores);
      await writeDirect(deps, tx, restore, restores);
      await editShared(deps, tx, restore, mapping, restores);
      await saveRestore(tx, restore.id, { report: reached });
      return reached;
    });
    done += part.length;
    await progress({ label: `Looking at what was written to ${restore.object}`, done, total });
  }
  await saveRestore(deps.db, restore.id, { phase: 'push' });
}

async function lookAt(
  connector: Connector,
  { mapping, description }: { readonly mapping: LiveMapping; readonly description: ObjectDescription },
  undone: readonly UndoneRecord[],
): Promise<readonly RecordRestore[]> {
  const described = new Map(description.fields.map((field) => [field.name, field]));
  const names = new Set(undone.flatMap(({ values }) => values.map(({ field }) => field)));
  const extIds = undone.flatMap(({ extId }) => extId ?? []);
  const there = [...names].filter((name) => described.has(name));
  const records = extIds.length === 0 ? [] : await connector.fetch(mapping.object, extIds, there);
  const standing = new Map<string, RemoteFields>(
    records.flatMap(({ extId, fields, deleted }) => (deleted ? [] : [[extId, fields] as const])),
  );
  return undone.map((one) =>
    restoreOf(one, { mapping, described, fields: standing.get(one.extId ?? '') ?? null }),
  );
}

/** Fields that no mapping speaks of are written as they were. */
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
        mappingVersion: noVersion,
        runId: id,
        createdAt: deps.clock(),
      })),
  );
}

async function leaveOurEdits(
  tx: Db,
  { kind }: Restore,
  mapping: LiveMapping,
  restores: readonly RecordRestore[],
): Promise<readonly RecordRestore[]> {
  const shared = restores.filter((one) => Object.keys(one.shared).length > 0).map((one) => one.recordId);
  if (shared.length === 0 || !isEditable(kind)) return restores;
  const own = await canonicalRecords(tx, kind, shared);
  return restores.map((one) => withoutOurEdits(one, mapping, own.get(one.recordId)?.values ?? {}));
}

/**
 * A field that goes both ways is put back here, as if a person had entered it, and is planned and merged like
 * every edit.
 */
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
      // What was written last is what both sides hold now.
      const agreed = shadow.fields[remote] ?? null;
      shadow = withEdit(shadow, { ours: local, theirs: remote }, { before: agreed, at: deps.clock() });
    }
    await saveCanonicalRecord(tx, kind, recordId, values);
    edited.set(extId, shadow);
  }
  await saveShadows(tx, connectionId, object, edited);
}

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
