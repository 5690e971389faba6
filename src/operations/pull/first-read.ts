import { setImmediate } from 'node:timers/promises';
import type { PullPage } from '#connectors/contract/records.ts';
import { applyInbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { knownRecords, lockObject } from '#src/db/sync/remote-store.ts';
import {
  newestOfEach,
  saveInitialRecords,
  saveRemoteRecords,
  startInitialSave,
  type ReadContext,
} from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import type { PlaceInput } from '#src/operations/place/mapped-object.ts';
import { placeBatch, type PlacedBatch } from '#src/operations/place/place-batch.ts';
import type { FirstReadRecord } from '#src/operations/place/read-batch.ts';

/** A page of an object's first read, with the values of its records. */
export interface FirstReadPage extends PullPage {
  readonly mapped: readonly FirstReadRecord[];
}

/** After this many records the event loop gets a turn, so that the database soon gets its next statement. */
const mappedAtOnce = 250;

/** Maps each page as part of reading it, that is, while the database stores the page before. */
export async function* withMapped(
  pages: AsyncIterable<PullPage>,
  mapping: CompiledMapping,
): AsyncGenerator<FirstReadPage> {
  for await (const page of pages) {
    const mapped: FirstReadRecord[] = [];
    const records = newestOfEach(page.records);
    for (const record of records) {
      mapped.push({ record, inbound: applyInbound(mapping, record.fields) });
      if (mapped.length % mappedAtOnce === 0) await setImmediate();
    }
    yield { ...page, records, mapped };
  }
}

/**
 * Rows of one insert: large enough that neither the database nor this process waits for the other, and small
 * enough that a page is not in memory several times over.
 */
const rowsAtOnce = 2_500;

/**
 * Places and stores a page of a first read in parts, all at once on one connection: while the database stores
 * a part, the next one is prepared. Records that were read or linked before are only stored. Returns how many
 * records were new or changed.
 */
export async function storeFirstRead(
  deps: Deps,
  tx: Db,
  input: PlaceInput,
  page: readonly FirstReadRecord[],
  context: ReadContext,
): Promise<number> {
  const { connection, mapping } = input;
  const ids = page.map(({ record }) => record.extId);
  const [, , known] = await Promise.all([
    lockObject(tx, connection.id, mapping.object),
    startInitialSave(tx, connection.id, mapping.object),
    knownRecords(tx, connection.id, mapping.object, ids),
  ]);
  const fresh = page.filter(({ record }) => !known.has(record.extId));
  const starts = Array.from({ length: Math.ceil(fresh.length / rowsAtOnce) }, (_, n) => n * rowsAtOnce);
  await Promise.all(
    starts.map(async (start) => {
      const part = fresh.slice(start, start + rowsAtOnce);
      const placed = await placeBatch(deps, tx, input, { origin: 'first read', records: part });
      const records = part.map(({ record }) => record);
      await saveInitialRecords(tx, connection.id, mapping.object, records, placedOf(input, placed), context);
    }),
  );
  const seen = page.filter(({ record }) => known.has(record.extId)).map(({ record }) => record);
  return fresh.length + (await saveRemoteRecords(tx, connection.id, mapping.object, seen, context));
}

/** The records that `saveInitialRecords` links, and those among them that it marks as placed. */
function placedOf({ kind }: PlaceInput, { placed, waiting }: PlacedBatch) {
  const finished = new Set([...placed.keys()].filter((extId) => !waiting.has(extId)));
  return { kind, ids: placed, finished };
}
