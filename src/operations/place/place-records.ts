import { applyInbound, type Inbound } from '#mappings/engine/apply.ts';
import { splitRelated } from '#mappings/engine/related.ts';
import { analyzeAfterLoad } from '#src/db/analyze-after-load.ts';
import { findConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveProblems, type NewProblem } from '#src/db/sync/problem-store.ts';
import { closeQuestionsAbout } from '#src/db/sync/merge-store.ts';
import {
  countUnmapped,
  markMapped,
  linkedRecordIds,
  saveLinks,
  unmappedRecords,
  type UnmappedRecord,
} from '#src/db/sync/remote-store.ts';
import { livingElsewhere } from '#src/db/sync/shared-record-store.ts';
import { supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { existenceOf } from '#src/domain/sync/existence.ts';
import { packFor, tryMapping, usableConnections } from '#src/operations/connections/use-connection.ts';
import { followVendorMerges } from './follow-vendor-merges.ts';
import type { LiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import { writeDefaults } from './write-defaults.ts';
import { mergeRemoteChanges } from './merge-remote-changes.ts';
import { preservedColumns, type Mapped } from './kinds/place-context.ts';
import { preservedValues } from './preserved-values.ts';
import { matchRecords } from './match-records.ts';
import { placers, type PlacedKind } from './kinds/placers.ts';
import { alsoLooked, placeReferringAgain, withRelated } from './related-values.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { requestMergeSurvivors } from './request-merge-survivors.ts';
import {
  lockPlaces,
  peersOf,
  sharedBefore,
  propagateAcrossCrms,
  type MappedPlace,
} from './propagate-across-crms.ts';

const batchSize = 1_000;
/** From here on the database is better off being told. */
export const manyRecords = 500;

/** Limits mapping to some kinds of one connection. */
export interface MapScope {
  readonly connectionId: string;
  readonly kinds: readonly PlacedKind[];
}

/**
 * Turns what was pulled into canonical records, in batches of one transaction each. A record that cannot be
 * placed is a problem with a reason and a fix, and is tried again next run; the rest goes on. Returns our ids
 * of what was placed.
 */
export async function placeRecords(
  deps: Deps,
  runId: string | null,
  progress: ReportProgress,
  scope?: MapScope,
): Promise<ReadonlyMap<PlacedKind, readonly string[]>> {
  const connections = (await usableConnections(deps)).filter(
    ({ id }) => scope === undefined || scope.connectionId === id,
  );
  const { program } = await currentProgram(deps);
  const placed = new Map<PlacedKind, readonly string[]>();
  for (const kind of (Object.keys(placers) as PlacedKind[]).filter(
    (one) => scope === undefined || scope.kinds.includes(one),
  )) {
    const places = await mappingsOf(deps, connections, { kind, runId });
    const all = await allPlaces(deps, places, { kind, runId, scope });
    for (const place of places) {
      const peers = peersOf(place, all);
      const ids = await mapObject(deps, { ...place, kind, currency: program.currency, peers }, progress);
      placed.set(kind, [...(placed.get(kind) ?? []), ...ids]);
    }
  }
  if (placed.values().reduce((sum, ids) => sum + ids.length, 0) >= manyRecords)
    await analyzeAfterLoad(deps.db);
  return placed;
}

/** Those with match fields come last: they find what the others bring. */
async function mappingsOf(
  deps: Deps,
  connections: readonly Connection[],
  which: { readonly kind: PlacedKind; readonly runId: string | null },
): Promise<readonly MappedPlace[]> {
  const found: MappedPlace[] = [];
  for (const connection of connections) {
    const mapping = await tryMapping(deps, connection, which);
    if (mapping) found.push({ connection, mapping });
  }
  return found.toSorted((a, b) => Number(a.mapping.match.length > 0) - Number(b.mapping.match.length > 0));
}

/**
 * Beside those that are mapped now, the others that may hold the same records: none unless some mapping of
 * the kind has match fields.
 */
async function allPlaces(
  deps: Deps,
  places: readonly MappedPlace[],
  {
    kind,
    runId,
    scope,
  }: { readonly kind: PlacedKind; readonly runId: string | null; readonly scope: MapScope | undefined },
): Promise<readonly MappedPlace[]> {
  if (scope === undefined || places.length === 0) return places;
  const everyone = await usableConnections(deps);
  if (!everyone.some((one) => packFor(deps, one, kind)?.match)) return places;
  return mappingsOf(deps, everyone, { kind, runId });
}

/** One object of one connection. */
export interface MapInput {
  readonly connection: Connection;
  readonly mapping: LiveMapping;
  readonly kind: PlacedKind;
  readonly currency: string;
  /** Other CRMs that are told what has changed here; without any, nobody is. */
  readonly peers?: readonly MappedPlace[];
}

/** Returns our ids of what was placed. */
async function mapObject(deps: Deps, input: MapInput, progress: ReportProgress): Promise<readonly string[]> {
  const { connection, mapping, kind } = input;
  await followVendorMerges(deps, input);
  const total = await countUnmapped(deps.db, connection.id, mapping.object);
  const placed: string[] = [];
  let afterId = '';
  let done = 0;
  for (;;) {
    const records = await deps.db.transaction(async (tx) => {
      // Read under the lock: whoever maps the same object meanwhile has placed these, or will find them
      // placed.
      await lockPlaces(tx, [input, ...(input.peers ?? [])]);
      const current = await findConnection(tx, connection.id);
      // Another version has become live: what is left is placed by that, the next time anything is.
      if (current && packFor(deps, current, kind)?.version !== mapping.version) return [];
      const next = await unmappedRecords(tx, connection.id, mapping.object, afterId, batchSize);
      if (next.length > 0) placed.push(...(await mapBatch(deps, tx, input, next)).placed);
      return next;
    });
    const last = records.at(-1);
    if (!last) return placed;
    afterId = last.extId;
    done += records.length;
    await progress({ label: `Placing ${mapping.object} of ${connection.name}`, done, total });
  }
}

export interface MappedBatch {
  /** Our ids of what was placed. */
  readonly placed: readonly string[];
  /** Theirs of the records that could not be placed. */
  readonly stuck: ReadonlySet<string>;
  readonly problems: readonly PlacingProblem[];
}

/** Why a record could not be placed, or not whole; `field` is ours, where a single one is the reason. */
export interface PlacingProblem extends NewProblem {
  readonly field?: string;
}

/** Places some records in the caller's transaction, under `lockObject`, whether they have changed or not. */
export async function mapBatch(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind, currency, peers = [] }: MapInput,
  records: readonly UnmappedRecord[],
): Promise<MappedBatch> {
  const at = deps.clock();
  const where = { source: 'map', connectionId: connection.id, object: mapping.object } as const;
  const known = await linkedRecordIds(
    tx,
    connection.id,
    mapping.object,
    records.map((record) => record.extId),
  );
  const before = await sharedBefore(tx, kind, peers, [...known.values()]);
  const { mapped, problems, stuck, outside } = await readBatch(
    deps,
    tx,
    { connection, mapping, kind, currency },
    records,
    known,
  );
  const { placed, misplaced, flawed } = await placers[kind].place(
    { deps, tx, connection, currency, keep: preservedColumns(mapping) },
    mapped,
  );
  await propagateAcrossCrms(deps, tx, before);
  for (const { extId } of misplaced) stuck.add(extId);
  // One that was merged into a record nobody has read or placed yet waits for it.
  const waiting = records.filter((record) => existenceOf(record) === 'merged').map((record) => record.extId);
  for (const extId of waiting) stuck.add(extId);
  problems.push(...(await requestMergeSurvivors(deps, tx, { connection, mapping }, waiting)));
  const gone = records.filter((record) => existenceOf(record) === 'gone').map((record) => record.extId);
  await forget(deps, tx, { connection, mapping, kind, currency }, [...gone, ...outside], known);
  const arrived = placed.filter(({ extId }) => !known.has(extId));
  await placeReferringAgain(
    deps,
    tx,
    connection,
    kind,
    placed.map(({ id }) => id),
  );
  await saveLinks(
    tx,
    arrived.map(({ extId, id }) => ({
      connectionId: connection.id,
      object: mapping.object,
      extId,
      kind,
      recordId: id,
    })),
  );
  const pack = packFor(deps, connection, kind);
  // Here and in a backfill only: what somebody empties later stays empty.
  if (pack)
    await writeDefaults(
      deps,
      tx,
      { connection, mapping, pack, kind },
      arrived.map(({ id }) => id),
    );
  const through = records.filter((record) => !stuck.has(record.extId));
  await markMapped(tx, connection.id, mapping.object, through);
  await resolveProblems(
    tx,
    where,
    through.map((record) => record.extId),
    at,
  );
  problems.push(
    ...[...misplaced, ...flawed].map(({ extId, failure }) => ({ id: deps.ids(), ref: extId, failure })),
  );
  await reportProblems(tx, where, problems, at);
  return { placed: placed.map(({ id }) => id), stuck, problems };
}

interface ReadBatch {
  readonly mapped: readonly Mapped[];
  readonly problems: PlacingProblem[];
  readonly stuck: Set<string>;
  /** Those the mapping is not about: placed before, they count as gone. */
  readonly outside: readonly string[];
}

async function readBatch(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind }: MapInput,
  records: readonly UnmappedRecord[],
  known: ReadonlyMap<string, string>,
): Promise<ReadBatch> {
  const { plain, looking } = splitRelated(mapping);
  const merged = await mergeRemoteChanges(deps, tx, { connection, mapping: plain, kind }, records, known);
  const related = await withRelated(deps, tx, { connection, mapping }, records);
  const problems: PlacingProblem[] = [];
  const stuck = new Set<string>();
  const outside: string[] = [];
  const read: { readonly extId: string; readonly result: Inbound }[] = [];
  for (const { extId, fields, deleted } of records) {
    if (deleted) continue;
    const result = alsoLooked(
      looking,
      merged.get(extId) ?? applyInbound(plain, fields),
      related.get(extId) ?? fields,
    );
    for (const { field, code, message, fix } of result.problems) {
      const failure = { class: 'mapping', code, message: `${field}: ${message}`, fix } as const;
      problems.push({ id: deps.ids(), ref: extId, field, failure });
    }
    if (result.placed) read.push({ extId, result });
    else if (result.filtered) outside.push(extId);
    else stuck.add(extId);
  }
  const unlinked = read
    .filter(({ extId }) => !known.has(extId))
    .map(({ extId, result }) => ({ extId, values: result.values }));
  const matching = await matchRecords(tx, { connection, mapping }, unlinked);
  for (const { extId, failure } of matching.misplaced) {
    stuck.add(extId);
    problems.push({ id: deps.ids(), ref: extId, failure });
  }
  const ours = new Map([...known, ...matching.ids]);
  const placeable = read.filter(({ extId }) => !stuck.has(extId));
  const before = placeable.flatMap(({ extId, result }) => {
    const id = ours.get(extId);
    return id === undefined ? [] : [{ id, whole: result.problems.length === 0 }];
  });
  const kept = await preservedValues(tx, mapping, before);
  const mapped = placeable.map(({ extId, result }): Mapped => {
    const id = ours.get(extId) ?? deps.ids();
    return { extId, id, values: { ...kept.get(id), ...result.values } };
  });
  return { mapped, problems, stuck, outside };
}

/**
 * What was to be written to a record that is gone need not be. One that lives on in another CRM lives on
 * here.
 */
async function forget(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind }: MapInput,
  extIds: readonly string[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const { object } = mapping;
  const ids = extIds.flatMap((extId) => known.get(extId) ?? []);
  const living = await livingElsewhere(tx, { connectionId: connection.id, object, kind }, ids, extIds);
  await placers[kind].forget(
    tx,
    ids.filter((id) => !living.has(id)),
  );
  await supersedeIntents(tx, connection.id, object, ids, deps.clock());
  await closeQuestionsAbout(tx, connection.id, object, extIds, deps.clock());
  await resolveProblems(tx, { source: 'write', connectionId: connection.id, object }, extIds, deps.clock());
}
