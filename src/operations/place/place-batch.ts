import { unmergedRecordIds, saveLinks } from '#src/db/records/link-store.ts';
import { closeQuestionsAbout } from '#src/db/sync/merge-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import { markMapped, type UnmappedRecord } from '#src/db/sync/remote-store.ts';
import { recordsLivingElsewhere } from '#src/db/sync/record-match-store.ts';
import { supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { existenceOf } from '#src/domain/sync/existence.ts';
import { amountCurrency } from '#src/operations/connections/region.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { placers } from './kinds/placers.ts';
import { preservedColumns, type PlacingResult, type RecordToPlace } from './kinds/place-context.ts';
import type { PlaceInput } from './mapped-object.ts';
import { propagateAcrossCrms, loadSharedRecords } from './propagate-across-crms.ts';
import {
  readBatch,
  readyAtFirstRead,
  type FirstReadRecord,
  type PlacingProblem,
  type ReadBatch,
} from './read-batch.ts';
import { placeReferringAgain } from './related-values.ts';
import { requestMergeSurvivors } from './request-merge-survivors.ts';
import { writeDefaults } from './write-defaults.ts';

/** Records of one object: stored ones, or those of the object's first read, which are not stored yet. */
export type Batch =
  | { readonly origin: 'stored'; readonly records: readonly UnmappedRecord[] }
  | { readonly origin: 'first read'; readonly records: readonly FirstReadRecord[] };

export interface PlacedBatch {
  /** Our ids of the placed records, by the vendor's id. */
  readonly placed: ReadonlyMap<string, string>;
  /** Vendor's ids of the records that the next run places again: they were not placed, or not completely. */
  readonly waiting: ReadonlySet<string>;
  readonly problems: readonly PlacingProblem[];
}

/**
 * Puts records into the canonical tables, whether they have changed or not. Every record takes this way, in
 * these steps: read its values, store them in the table of its kind, settle what follows from it.
 *
 * A first read is a shortcut, which halves the work of loading a CRM. Its records were never stored, linked,
 * edited or written, so reading has nothing to merge them with and nothing follows from them; the caller
 * stores and links them in one statement. Records that need an explanation do not take the shortcut: they are
 * stored unplaced, and the next run places them as stored records.
 *
 * Call it in a transaction under `lockObject`; for a first read before its records are stored.
 */
export async function placeBatch(deps: Deps, tx: Db, input: PlaceInput, batch: Batch): Promise<PlacedBatch> {
  if (batch.origin === 'first read') {
    const result = await storeByKind(deps, tx, input, readyAtFirstRead(deps, input, batch.records));
    return settleFirstRead(batch.records, result);
  }
  const extIds = batch.records.map((record) => record.extId);
  const known = await unmergedRecordIds(tx, input.connection.id, input.mapping.object, extIds);
  const before = await loadSharedRecords(tx, input.kind, input.peers ?? [], [...known.values()]);
  const read = await readBatch(deps, tx, input, batch.records, known);
  const result = await storeByKind(deps, tx, input, read.ready);
  await propagateAcrossCrms(deps, tx, before);
  return settle(deps, tx, input, { records: batch.records, known, read, result });
}

function storeByKind(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind, currency }: PlaceInput,
  ready: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const context = {
    deps,
    tx,
    connection,
    currency: amountCurrency(connection, currency),
    preserved: preservedColumns(mapping),
  };
  return placers[kind].place(context, ready);
}

/** An incomplete record waits as well: its problem is reported when it is placed as a stored record. */
function settleFirstRead(
  records: readonly FirstReadRecord[],
  { placed, incomplete }: PlacingResult,
): PlacedBatch {
  const ids = idsOf(placed);
  const waiting = new Set(incomplete.map(({ extId }) => extId));
  for (const { record } of records) if (!ids.has(record.extId)) waiting.add(record.extId);
  return { placed: ids, waiting, problems: [] };
}

const idsOf = (placed: readonly RecordToPlace[]): ReadonlyMap<string, string> =>
  new Map(placed.map(({ extId, id }) => [extId, id]));

interface StoredBatch {
  readonly records: readonly UnmappedRecord[];
  /** Our ids of the records that were linked before, by the vendor's id. */
  readonly known: ReadonlyMap<string, string>;
  readonly read: ReadBatch;
  readonly result: PlacingResult;
}

/** Links new records, deletes those that are gone, marks what is done, and reports the rest as problems. */
async function settle(
  deps: Deps,
  tx: Db,
  input: PlaceInput,
  { records, known, read, result }: StoredBatch,
): Promise<PlacedBatch> {
  const { connection, mapping } = input;
  const at = deps.clock();
  const mergedAway = extIdsOf(records, 'merged');
  const survivorProblems = await requestMergeSurvivors(deps, tx, input, mergedAway);
  await removeGone(deps, tx, input, [...extIdsOf(records, 'gone'), ...read.filteredOut], known);
  await settlePlaced(deps, tx, input, result.placed, known);
  const waiting = new Set([
    ...read.unreadable,
    ...result.failed.map(({ extId }) => extId),
    // A merged record waits until its survivor has been read.
    ...mergedAway,
  ]);
  const done = records.filter((record) => !waiting.has(record.extId));
  await markMapped(tx, connection.id, mapping.object, done);
  const where = { source: 'map', connectionId: connection.id, object: mapping.object } as const;
  await resolveProblems(
    tx,
    where,
    done.map((record) => record.extId),
    at,
  );
  const problems: readonly PlacingProblem[] = [
    ...read.problems,
    ...survivorProblems,
    ...[...result.failed, ...result.incomplete].map(({ extId, failure }) => ({
      id: deps.ids(),
      ref: extId,
      failure,
    })),
  ];
  await reportProblems(tx, where, problems, at);
  return { placed: idsOf(result.placed), waiting, problems };
}

function extIdsOf(records: readonly UnmappedRecord[], existence: 'gone' | 'merged'): readonly string[] {
  return records.filter((record) => existenceOf(record) === existence).map((record) => record.extId);
}

/**
 * Links the new ones among the placed records, and has records that look something up in them placed again.
 */
async function settlePlaced(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind }: PlaceInput,
  placed: readonly RecordToPlace[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const placedIds = placed.map(({ id }) => id);
  await placeReferringAgain(deps, tx, connection, kind, placedIds);
  const arrived = placed.filter(({ extId }) => !known.has(extId));
  const links = arrived.map(({ extId, id }) => ({
    connectionId: connection.id,
    object: mapping.object,
    extId,
    kind,
    recordId: id,
  }));
  await saveLinks(tx, links);
  const pack = packFor(deps, connection, kind);
  if (!pack) return;
  // Defaults are written for new records and in a backfill only: a field that somebody empties later stays
  // empty.
  const arrivedIds = arrived.map(({ id }) => id);
  await writeDefaults(deps, tx, { connection, mapping, pack }, arrivedIds);
}

/**
 * Marks the records behind these as deleted, except those that live on in another CRM, and drops what was
 * planned or asked about them.
 */
async function removeGone(
  deps: Deps,
  tx: Db,
  { connection, mapping: { object }, kind }: PlaceInput,
  extIds: readonly string[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const at = deps.clock();
  const ids = extIds.flatMap((extId) => known.get(extId) ?? []);
  const living = await recordsLivingElsewhere(tx, { connectionId: connection.id, object, kind }, ids, extIds);
  await placers[kind].markDeleted(
    tx,
    ids.filter((id) => !living.has(id)),
  );
  await supersedeIntents(tx, connection.id, object, ids, at);
  await closeQuestionsAbout(tx, connection.id, object, extIds, at);
  await resolveProblems(tx, { source: 'write', connectionId: connection.id, object }, extIds, at);
}
