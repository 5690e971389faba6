import type { RemoteRecord } from '#connectors/contract/records.ts';
import type { Inbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { FirstPlaced } from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import { preservedColumns, type Mapped } from './kinds/place-context.ts';
import { placers, type PlacedKind } from './kinds/placers.ts';

export interface PageInput {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: PlacedKind;
  /** Currency of amounts that come without one. */
  readonly currency: string;
}

/** A record of a first read, and what the mapping makes of it. */
export interface MappedRecord {
  readonly record: RemoteRecord;
  readonly inbound: Inbound;
}

/**
 * Places part of a first read as it arrives, which spares reading it back and marking it: half the work of a
 * first load. Only records without anything to be said about them; the others are left to the mapping that
 * follows every read, which compares, waits and explains. Call it before the part is kept, in the same
 * transaction, under `lockObject`, with records that were never read or linked before.
 */
export async function placePage(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind, currency }: PageInput,
  part: readonly MappedRecord[],
): Promise<FirstPlaced> {
  // What may be the same as a record of another CRM is matched once all of both has been read.
  const placeable = mapping.match.length > 0 ? [] : part;
  const plain: Mapped[] = placeable
    .filter(({ record, inbound }) => !record.deleted && inbound.placed && inbound.problems.length === 0)
    .map(({ record, inbound }) => ({ extId: record.extId, id: deps.ids(), values: inbound.values }));
  const { placed, flawed } = await placers[kind].place(
    { deps, tx, connection, currency, keep: preservedColumns(mapping) },
    plain,
  );
  const finished = new Set(placed.map((record) => record.extId));
  for (const { extId } of flawed) finished.delete(extId);
  return { kind, ids: new Map(placed.map(({ extId, id }) => [extId, id])), finished };
}
