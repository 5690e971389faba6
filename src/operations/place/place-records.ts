import { analyzeAfterLoad } from '#src/db/analyze-after-load.ts';
import { findConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { countUnmapped, unmappedRecords } from '#src/db/sync/remote-store.ts';
import type { Db } from '#src/db/client.ts';
import { refusedRecord } from '#src/db/refused-record.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, tryMapping, usableConnections } from '#src/operations/connections/use-connection.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { followVendorMerges } from './follow-vendor-merges.ts';
import { placers, type PlacedKind } from './kinds/placers.ts';
import type { MappedObject, PlaceInput } from './mapped-object.ts';
import { placeBatch } from './place-batch.ts';
import { placeInParts, type IdRange } from './place-in-parts.ts';
import { lockObjects, peersOf } from './propagate-across-crms.ts';

const batchSize = 1_000;
/** When at least this many records were placed, the database refreshes its statistics (ANALYZE). */
export const manyRecords = 500;

/** Limits placing to some kinds of one connection. */
export interface PlaceScope {
  readonly connectionId: string;
  readonly kinds: readonly PlacedKind[];
}

/**
 * Places all stored records that changed since they were last placed, in batches of one transaction each. A
 * record that cannot be placed becomes a problem with a reason and a fix, and the next run tries it again;
 * the other records go on. Returns our ids of the placed records.
 */
export async function placeRecords(
  deps: Deps,
  runId: string | null,
  progress: ReportProgress,
  scope?: PlaceScope,
): Promise<ReadonlyMap<PlacedKind, readonly string[]>> {
  const connections = (await usableConnections(deps)).filter(
    ({ id }) => scope === undefined || scope.connectionId === id,
  );
  const { currency } = (await currentProgram(deps)).program;
  const kinds = (Object.keys(placers) as PlacedKind[]).filter(
    (kind) => scope === undefined || scope.kinds.includes(kind),
  );
  const placed = new Map<PlacedKind, readonly string[]>();
  for (const kind of kinds) {
    const objects = await mappedObjects(deps, connections, { kind, runId });
    const all = scope === undefined ? objects : await withPeers(deps, objects, { kind, runId });
    for (const object of objects) {
      const input = { ...object, kind, currency, peers: peersOf(object, all) };
      const ids = await placeObject(deps, input, { runId, progress });
      placed.set(kind, [...(placed.get(kind) ?? []), ...ids]);
    }
  }
  const count = placed.values().reduce((sum, ids) => sum + ids.length, 0);
  if (count >= manyRecords) await analyzeAfterLoad(deps.db);
  return placed;
}

export interface PlaceAgainInput {
  readonly connectionId: string;
  readonly kind: PlacedKind;
  /** Null outside a run. */
  readonly runId: string | null;
}

/**
 * Places one kind of a connection between two stages of a run: before a write is planned again, with what the
 * CRM shows by then, and after a person has answered a question about a record.
 */
export async function placeAgain(deps: Deps, { connectionId, kind, runId }: PlaceAgainInput): Promise<void> {
  await placeRecords(deps, runId, async () => {}, { connectionId, kinds: [kind] });
}

/** The objects with match fields come last, because they are matched with records of the others. */
async function mappedObjects(
  deps: Deps,
  connections: readonly Connection[],
  which: { readonly kind: PlacedKind; readonly runId: string | null },
): Promise<readonly MappedObject[]> {
  const found: MappedObject[] = [];
  for (const connection of connections) {
    const mapping = await tryMapping(deps, connection, which);
    if (mapping) found.push({ connection, mapping });
  }
  return found.toSorted((a, b) => Number(a.mapping.match.length > 0) - Number(b.mapping.match.length > 0));
}

/**
 * The objects of all CRMs when some mapping of the kind has match fields; else no other holds the same
 * records.
 */
async function withPeers(
  deps: Deps,
  objects: readonly MappedObject[],
  which: { readonly kind: PlacedKind; readonly runId: string | null },
): Promise<readonly MappedObject[]> {
  if (objects.length === 0) return objects;
  const connections = await usableConnections(deps);
  if (!connections.some((one) => packFor(deps, one, which.kind)?.match)) return objects;
  return mappedObjects(deps, connections, which);
}

/** Returns our ids of the placed records. */
async function placeObject(
  deps: Deps,
  input: PlaceInput,
  { runId, progress }: { readonly runId: string | null; readonly progress: ReportProgress },
): Promise<readonly string[]> {
  const { connection, mapping } = input;
  await followVendorMerges(deps, input);
  const total = await countUnmapped(deps.db, connection.id, mapping.object);
  const placed: string[] = [];
  let afterId = '';
  let done = 0;
  for (;;) {
    const part = await placePart(deps, input, runId, afterId);
    if (!part) return placed;
    placed.push(...part.placedIds);
    afterId = part.lastId;
    done += part.count;
    await progress({ label: `Placing ${mapping.object} of ${connection.name}`, done, total });
  }
}

/** Places the next records; null when none is left. A batch that fails is placed in parts. */
async function placePart(
  deps: Deps,
  input: PlaceInput,
  runId: string | null,
  afterId: string,
): Promise<PlacedPart | null> {
  const place = (range: IdRange) => deps.db.transaction((tx) => placeNext(deps, tx, input, range));
  try {
    return await place({ afterId, upToId: null });
  } catch (error) {
    if (refusedRecord(error) === null) throw error;
  }
  const { connection, mapping } = input;
  const range = { afterId, upToId: null, limit: batchSize };
  const ids = (await unmappedRecords(deps.db, connection.id, mapping.object, range)).map((one) => one.extId);
  const lastId = ids.at(-1);
  if (lastId === undefined) return null;
  const parts = { input, runId, place: async (some: IdRange) => (await place(some))?.placedIds ?? [] };
  return { placedIds: await placeInParts(deps, parts, ids, afterId), lastId, count: ids.length };
}

interface PlacedPart {
  readonly placedIds: readonly string[];
  /** The vendor's id of the last record of the part. */
  readonly lastId: string;
  readonly count: number;
}

/** Places the next records of a range in the order of the vendor's ids; null when none is left. */
async function placeNext(deps: Deps, tx: Db, input: PlaceInput, range: IdRange): Promise<PlacedPart | null> {
  const { connection, mapping, kind, peers = [] } = input;
  // The records are read under the locks, so none of them is one that another job has just placed.
  await lockObjects(tx, [input, ...peers]);
  const current = await findConnection(tx, connection.id);
  // Another version of the mapping has become live. It places the rest, the next time records are placed.
  if (current && packFor(deps, current, kind)?.version !== mapping.version) return null;
  const records = await unmappedRecords(tx, connection.id, mapping.object, { ...range, limit: batchSize });
  const last = records.at(-1);
  if (!last) return null;
  const { placed } = await placeBatch(deps, tx, input, { origin: 'stored', records });
  return { placedIds: [...placed.values()], lastId: last.extId, count: records.length };
}
