import { asCrm, type Connector } from '#connectors/contract/connector.ts';
import type { ObjectDescription, PullPage, RemoteRecord } from '#connectors/contract/records.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { shownRecords } from '#src/db/mappings/backfill-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { findVersion, saveDryRun, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { newestOfEach, saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { withConnection } from '#src/operations/connections/use-connection.ts';
import type { PlacedKind } from '#src/operations/place/kinds/placers.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { readAhead } from '#src/operations/pull/read-ahead.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { projectedObject } from '#src/operations/write/plan-writes.ts';
import { recordsToPlan } from '#src/operations/write/desired-values.ts';
import {
  backfillCanonicalRecords,
  backfillRecords,
  isPlacedKind,
  isProjected,
  type BackfilledRecord,
} from '#src/operations/mappings/backfill/backfill-records.ts';
import {
  countEffects,
  noEffects,
  type BackfillEffects,
} from '#src/operations/mappings/backfill/backfill-report.ts';
import { predictRefusals, watchUniqueValues } from './dry-run-refusals.ts';
import { watchRules } from './dry-run-rules.ts';

/** The effects of a mapping on the existing records, or the reasons why it does not fit. */
export type DryRunFindings =
  | { readonly fits: true; readonly report: BackfillEffects }
  /** Nothing was read: with this mapping live, the whole object would no longer be synced. */
  | { readonly fits: false; readonly problems: readonly MappingProblem[] };

/** The result stored with the mapping version, and the revision of the draft it was made for. */
export type DryRun = DryRunFindings & { readonly revision: number };

/** True when the draft was saved after its dry run. */
export function isStale(version: Pick<MappingVersion, 'dryRun' | 'revision'>): boolean {
  return (version.dryRun as DryRun | null)?.revision !== version.revision;
}

/**
 * Starts a job that finds out what publishing this version would do to the existing records. It changes
 * nothing; the findings are stored with the version.
 *
 * @throws AppError `not_found`; `conflict` for a version that is neither a draft nor waiting for approval
 */
export async function startDryRun(
  deps: Deps,
  { versionId }: { readonly versionId: string },
): Promise<{ readonly alreadyRunning: boolean }> {
  await requireOpenVersion(deps, versionId);
  const job = {
    id: deps.ids(),
    runId: null,
    stage: null,
    name: 'dry-run-mapping',
    key: dryRunKey(versionId),
    payload: { versionId },
  };
  const added = await addJobs(deps.db, [job], deps.clock());
  await relaySoon(deps);
  return { alreadyRunning: added === 0 };
}

/** The key of the job that dry-runs a version. The job row holds the progress. */
export function dryRunKey(versionId: string): string {
  return `dry-run-mapping:${versionId}`;
}

async function requireOpenVersion(deps: Deps, versionId: string): Promise<MappingVersion> {
  const version = await findVersion(deps.db, versionId);
  if (!version)
    throw new AppError('not_found', 'There is no such mapping version. The draft may have been discarded.', {
      versionId,
    });
  if (version.status !== 'draft' && version.status !== 'submitted')
    throw new AppError(
      'conflict',
      `Version ${version.version} is ${version.status}. Only a draft or a submitted version can be tried out.`,
      { versionId },
    );
  return version;
}

/**
 * Records per transaction. The transaction is rolled back; while it is open, no other job can place or plan
 * records of this object.
 */
const recordsAtOnce = 500;

/**
 * Runs the dry-run job. Each part of the vendor's records is stored, placed and planned by the same code as in
 * a backfill, and then rolled back. After an interruption it starts again.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function dryRunMapping(
  deps: Deps,
  { versionId }: { readonly versionId: string },
  progress: ReportProgress,
): Promise<DryRun> {
  const { connectionId, pack, revision } = await requireOpenVersion(deps, versionId);
  const found = { ...(await dryRunPack(deps, { connectionId, pack }, progress)), revision };
  await saveDryRun(deps.db, versionId, found, deps.clock());
  return found;
}

/**
 * Dry-runs a mapping that need not be stored as a version. @throws ConnectorError when the vendor cannot be
 * reached
 */
export async function dryRunPack(
  deps: Deps,
  { connectionId, pack }: { readonly connectionId: string; readonly pack: MappingPack },
  progress: ReportProgress,
): Promise<DryRunFindings> {
  const task = { connectionId, runId: null, about: `dry run of ${pack.object}` };
  return withConnection(deps, task, async (connection, connector): Promise<DryRunFindings> => {
    const description = await connector.describe(pack.object);
    const compiled = compileMapping(pack, description);
    if (!compiled.ok) return { fits: false, problems: compiled.problems };
    const { kind } = pack;
    const input = { pack, connection, connector, description, mapping: compiled.mapping };
    const report = isPlacedKind(kind)
      ? await dryRunRemoteRecords(deps, { ...input, kind }, progress)
      : await dryRunCanonicalRecords(deps, input, progress);
    return { fits: true, report };
  });
}

interface DryRunInput {
  readonly pack: MappingPack;
  readonly connection: Connection;
  readonly connector: Connector;
  readonly description: ObjectDescription;
  readonly mapping: CompiledMapping;
}

interface PlacedInput extends DryRunInput {
  readonly kind: PlacedKind;
}

/** Reads all records of the object from the vendor and maps them, part by part. */
async function dryRunRemoteRecords(
  deps: Deps,
  input: PlacedInput,
  progress: ReportProgress,
): Promise<BackfillEffects> {
  const { connection, connector, description, mapping } = input;
  const { currency } = (await currentProgram(deps)).program;
  const unique = watchUniqueValues(mapping, description);
  const rules = await watchRules(asCrm(connector) ?? {}, description, mapping);
  const mapped = remoteFields(mapping);
  let effects = noEffects;
  const pages = connector.pull({
    object: mapping.object,
    fields: [...new Set([...mapped, ...rules.reads])],
    since: null,
    resume: null,
  });
  for await (const page of readAhead(pages)) {
    const records = newestOfEach(page.records.filter((record) => !record.deleted));
    for (let start = 0; start < records.length; start += recordsAtOnce) {
      const part = records.slice(start, start + recordsAtOnce);
      // Fields that only the rules read are not stored, because a normal read does not store them either.
      const results = await mapAndRollBack(
        deps,
        { ...input, currency },
        { ...page, records: part.map((record) => onlyFields(record, mapped)) },
      );
      unique.add(part, results);
      rules.add(part, results);
      effects = countEffects(effects, results);
      await progress({
        label: `Trying out ${mapping.object} of ${connection.name}`,
        done: effects.read,
        total: page.total,
      });
    }
  }
  return {
    ...effects,
    refused: [
      ...effects.refused,
      ...unique.repeated(),
      ...rules.found(),
      ...(await predictRefusals(deps, input, effects, rules)),
    ],
  };
}

function onlyFields(record: RemoteRecord, names: readonly string[]): RemoteRecord {
  return {
    ...record,
    fields: Object.fromEntries(
      names.flatMap((name) => (name in record.fields ? [[name, record.fields[name] ?? null]] : [])),
    ),
  };
}

/** Stores, places and plans these records, and rolls everything back. */
function mapAndRollBack(
  deps: Deps,
  { pack, connection, mapping, kind, currency }: PlacedInput & { readonly currency: string },
  page: PullPage,
): Promise<readonly BackfilledRecord[]> {
  return rollBackAfter(deps.db, async (tx) => {
    await lockObject(tx, connection.id, mapping.object);
    const read = { pulledAt: page.askedAt, at: deps.clock(), via: 'scan', replaceBy: 'stamp' } as const;
    await saveRemoteRecords(tx, connection.id, mapping.object, page.records, read);
    const extIds = page.records.map((record) => record.extId);
    const shown = await shownRecords(tx, connection.id, mapping.object, extIds);
    return backfillRecords(deps, tx, { connection, mapping, pack, kind, currency, runId: deps.ids() }, shown);
  });
}

/** Plans the records that only Fairway creates. They are not read: the CRM holds what Fairway wrote. */
async function dryRunCanonicalRecords(
  deps: Deps,
  input: DryRunInput,
  progress: ReportProgress,
): Promise<BackfillEffects> {
  const { pack, connection, connector, description, mapping } = input;
  const { kind } = pack;
  if (!isProjected(kind)) return noEffects;
  const rules = await watchRules(asCrm(connector) ?? {}, description, mapping);
  const recordIds = await recordsToPlan(deps.db, projectedObject(deps, { connection, mapping, kind }), {});
  let effects = noEffects;
  for (let start = 0; start < recordIds.length; start += recordsAtOnce) {
    const results = await rollBackAfter(deps.db, async (tx) => {
      await lockObject(tx, connection.id, mapping.object);
      const part = recordIds.slice(start, start + recordsAtOnce);
      return backfillCanonicalRecords(deps, tx, { connection, mapping, pack, kind, runId: deps.ids() }, part);
    });
    rules.add(await fetchExisting(input, results, rules.reads), results);
    effects = countEffects(effects, results);
    await progress({
      label: `Trying out ${mapping.object} of ${connection.name}`,
      done: effects.read,
      total: recordIds.length,
    });
  }
  return {
    ...effects,
    refused: [...effects.refused, ...rules.found(), ...(await predictRefusals(deps, input, effects, rules))],
  };
}

/** Fetches the fields that the rules read, of those records that exist in the CRM already. */
async function fetchExisting(
  { connector, mapping }: DryRunInput,
  results: readonly BackfilledRecord[],
  reads: readonly string[],
): Promise<readonly RemoteRecord[]> {
  const existing = results.flatMap(({ ref, write }) => (write?.operation === 'update' ? [ref] : []));
  return reads.length === 0 || existing.length === 0 ? [] : connector.fetch(mapping.object, existing, reads);
}
