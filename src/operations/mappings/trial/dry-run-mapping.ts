import type { Connector } from '#connectors/contract/connector.ts';
import type { ObjectDescription, PullPage, RemoteRecord } from '#connectors/contract/records.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { shownRecords } from '#src/db/mappings/carry-view.ts';
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

/** What was found out about a mapping. */
export type DryRunFindings =
  | { readonly fits: true; readonly report: BackfillEffects }
  /** Nothing was read: publishing it as it is would stop the whole object. */
  | { readonly fits: false; readonly problems: readonly MappingProblem[] };

/** What a dry run leaves on its mapping version. */
export type DryRun = DryRunFindings & { readonly revision: number };

/** The findings are about another draft than the one that is there now. */
export function isStale(version: Pick<MappingVersion, 'dryRun' | 'revision'>): boolean {
  return (version.dryRun as DryRun | null)?.revision !== version.revision;
}

/**
 * Finds out, on the live records and without changing anything anywhere, what publishing this version would
 * do. It happens in a job; its findings are stored with the version.
 *
 * @throws AppError `not_found`; `conflict` for a version on which nothing is left to decide
 */
export async function startDryRun(
  deps: Deps,
  { versionId }: { readonly versionId: string },
): Promise<{ readonly alreadyRunning: boolean }> {
  await openVersion(deps, versionId);
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

/** The open job of a version's dry run, whose row tells its progress. */
export function dryRunKey(versionId: string): string {
  return `dry-run-mapping:${versionId}`;
}

async function openVersion(deps: Deps, versionId: string): Promise<MappingVersion> {
  const version = await findVersion(deps.db, versionId);
  if (!version)
    throw new AppError(
      'not_found',
      'There is no such mapping version. The draft may have been thrown away.',
      { versionId },
    );
  if (version.status !== 'draft' && version.status !== 'submitted')
    throw new AppError(
      'conflict',
      `Version ${version.version} is ${version.status}: there is nothing to try out any more.`,
      { versionId },
    );
  return version;
}

/**
 * A part's records are held by one transaction that is taken back; nobody else places or plans this object
 * meanwhile.
 */
const recordsAtOnce = 500;

/**
 * The job. Each part of what the vendor shows is stored, placed, planned and taken back: so what it tells is
 * what a backfill does, and nothing else. One that is interrupted begins again.
 *
 * @throws ConnectorError when the vendor cannot be asked
 */
export async function dryRunMapping(
  deps: Deps,
  { versionId }: { readonly versionId: string },
  progress: ReportProgress,
): Promise<DryRun> {
  const { connectionId, pack, revision } = await openVersion(deps, versionId);
  const found = { ...(await dryRunPack(deps, { connectionId, pack }, progress)), revision };
  await saveDryRun(deps.db, versionId, found, deps.clock());
  return found;
}

/**
 * What publishing a mapping would do, which need not be a version yet. @throws ConnectorError when the vendor
 * cannot be asked
 */
export async function dryRunPack(
  deps: Deps,
  { connectionId, pack }: { readonly connectionId: string; readonly pack: MappingPack },
  progress: ReportProgress,
): Promise<DryRunFindings> {
  const errand = { connectionId, runId: null, about: `dry run of ${pack.object}` };
  return withConnection(deps, errand, async (connection, connector): Promise<DryRunFindings> => {
    const description = await connector.describe(pack.object);
    const compiled = compileMapping(pack, description);
    if (!compiled.ok) return { fits: false, problems: compiled.problems };
    const { kind } = pack;
    const input = { pack, connection, connector, description, mapping: compiled.mapping };
    const report = isPlacedKind(kind)
      ? await tryRead(deps, { ...input, kind }, progress)
      : await tryOwn(deps, input, progress);
    return { fits: true, report };
  });
}

interface Trying {
  readonly pack: MappingPack;
  readonly connection: Connection;
  readonly connector: Connector;
  readonly description: ObjectDescription;
  readonly mapping: CompiledMapping;
}

interface Reading extends Trying {
  readonly kind: PlacedKind;
}

async function tryRead(deps: Deps, input: Reading, progress: ReportProgress): Promise<BackfillEffects> {
  const { connection, connector, description, mapping } = input;
  const { currency } = (await currentProgram(deps)).program;
  const unique = watchUniqueValues(mapping, description);
  const rules = await watchRules(connector, description, mapping);
  const mapped = remoteFields(mapping);
  let report = noEffects;
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
      // What only the rules want to know is not stored: a read would not have it either.
      const carried = await tryPart(
        deps,
        { ...input, currency },
        { ...page, records: part.map((record) => onlyFields(record, mapped)) },
      );
      unique.add(part, carried);
      rules.add(part, carried);
      report = countEffects(report, carried);
      await progress({
        label: `Trying out ${mapping.object} of ${connection.name}`,
        done: report.read,
        total: page.total,
      });
    }
  }
  return {
    ...report,
    refused: [
      ...report.refused,
      ...unique.repeated(),
      ...rules.found(),
      ...(await predictRefusals(deps, input, report, rules)),
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

function tryPart(
  deps: Deps,
  { pack, connection, mapping, kind, currency }: Reading & { readonly currency: string },
  page: PullPage,
): Promise<readonly BackfilledRecord[]> {
  return rollBackAfter(deps.db, async (tx) => {
    await lockObject(tx, connection.id, mapping.object);
    const showing = { pulledAt: page.askedAt, at: deps.clock(), via: 'scan', stamps: 'ordered' } as const;
    await saveRemoteRecords(tx, connection.id, mapping.object, page.records, showing);
    const extIds = page.records.map((record) => record.extId);
    const shown = await shownRecords(tx, connection.id, mapping.object, extIds);
    return backfillRecords(deps, tx, { connection, mapping, pack, kind, currency, runId: deps.ids() }, shown);
  });
}

/** Of what only Fairway makes, nothing is read: what the CRM holds is what was written. */
async function tryOwn(deps: Deps, input: Trying, progress: ReportProgress): Promise<BackfillEffects> {
  const { pack, connection, connector, description, mapping } = input;
  const { kind } = pack;
  if (!isProjected(kind)) return noEffects;
  const rules = await watchRules(connector, description, mapping);
  const recordIds = await recordsToPlan(deps.db, { connectionId: connection.id, mapping, kind }, {});
  let report = noEffects;
  for (let start = 0; start < recordIds.length; start += recordsAtOnce) {
    const carried = await rollBackAfter(deps.db, async (tx) => {
      await lockObject(tx, connection.id, mapping.object);
      const part = recordIds.slice(start, start + recordsAtOnce);
      return backfillCanonicalRecords(deps, tx, { connection, mapping, pack, kind, runId: deps.ids() }, part);
    });
    rules.add(await standingOf(input, carried, rules.reads), carried);
    report = countEffects(report, carried);
    await progress({
      label: `Trying out ${mapping.object} of ${connection.name}`,
      done: report.read,
      total: recordIds.length,
    });
  }
  return {
    ...report,
    refused: [...report.refused, ...rules.found(), ...(await predictRefusals(deps, input, report, rules))],
  };
}

/** Of records that are there already, what the rules want to know. */
async function standingOf(
  { connector, mapping }: Trying,
  carried: readonly BackfilledRecord[],
  reads: readonly string[],
): Promise<readonly RemoteRecord[]> {
  const there = carried.flatMap(({ ref, write }) => (write?.operation === 'update' ? [ref] : []));
  return reads.length === 0 || there.length === 0 ? [] : connector.fetch(mapping.object, there, reads);
}
