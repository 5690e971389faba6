import type { PullPage, RecordProblem, RemoteRecord } from '#connectors/contract/records.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { saveReadings } from '#src/db/connections/file-receipt-store.ts';
import { readCursor, saveCursor, type Cursor } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/sync/problem-store.ts';
import type { Db } from '#src/db/client.ts';
import { refusedRecord } from '#src/db/refused-record.ts';
import { saveOrigins, withoutEarlierRows, type RecordFromFile } from '#src/db/sync/record-origin-store.ts';
import { deletedWithSameStamp } from '#src/db/sync/remote-store.ts';
import { addToTally } from '#src/db/runs/run-store.ts';
import { saveRemoteRecords, type ReadContext } from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { finishReading, startReading } from '#src/domain/sync/cursor.ts';
import { loadMapping, withConnection } from '#src/operations/connections/use-connection.ts';
import type { PlacedKind } from '#src/operations/place/kinds/placers.ts';
import type { PlaceInput } from '#src/operations/place/mapped-object.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { storeFirstRead, withMapped, type FirstReadPage } from './first-read.ts';
import { readAhead } from './read-ahead.ts';
import { storableRecords, storeInParts, type StorableRecords } from './storable-records.ts';

export interface PullInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly connectionId: string;
  readonly kind: PlacedKind;
  /** The vendor's name for it. */
  readonly object: string;
  /** Which share of the call budget is used; `bulk` when left out. */
  readonly lane?: Lane;
}

/**
 * Reads what changed in one object since the last read, page by page. A page and the cursor are stored in one
 * transaction, so a read that crashed resumes, and goes on counting, after the last stored page. The first
 * read of an object also places most of its records. Returns the number of records of a first read; 0 for a
 * later one.
 */
export async function pullObject(deps: Deps, input: PullInput, progress: ReportProgress): Promise<number> {
  return withConnection(deps, { ...input, about: input.object }, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, input.kind);
    if (!mapping) return 0;
    const object = mapping.object;
    const startedAt = deps.clock();
    const cursor = await readCursor(deps.db, connection.id, object);
    const { from } = startReading(cursor);
    const since = connector.alwaysReadsAll ? null : from;
    const { currency } = (await currentProgram(deps)).program;
    const reading: Reading = {
      connection,
      mapping,
      kind: input.kind,
      currency,
      runId: input.runId,
      replaceBy: connector.alwaysReadsAll ? 'asked' : 'stamp',
    };
    let read: Cursor =
      cursor.readStartedAt === null ? { ...cursor, done: 0, total: null, readStartedAt: startedAt } : cursor;
    const pages = connector.pull({ object, fields: remoteFields(mapping), since, resume: read.resume });
    for await (const page of readAhead(read.since === null ? withMapped(pages, mapping) : pages)) {
      read = await storePage(deps, reading, read, page);
      await progress({
        label: `Reading ${object} from ${connection.name}`,
        done: read.done,
        total: read.total,
      });
    }
    const at = deps.clock();
    const reached = { completedAt: at, ...(since === null ? { scannedAt: at } : {}) };
    await deps.db.transaction(async (tx) => {
      await saveCursor(
        tx,
        connection.id,
        object,
        { ...read, ...finishReading({ ...read, from }), readStartedAt: null },
        reached,
      );
      await resolveUnseen(tx, { source: 'pull', connectionId: connection.id, object }, startedAt, at);
    });
    return read.since === null ? read.done : 0;
  });
}

interface Reading extends PlaceInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly replaceBy: ReadContext['replaceBy'];
}

/** Stores a page with the cursor after it, in one transaction. Returns that cursor. */
async function storePage(
  deps: Deps,
  reading: Reading,
  read: Cursor,
  page: PullPage | FirstReadPage,
): Promise<Cursor> {
  const { connection, mapping, kind, runId, replaceBy } = reading;
  const object = mapping.object;
  const next: Cursor = {
    ...read,
    startedAt: read.startedAt ?? page.serverTime,
    resume: page.resume,
    done: read.done + page.records.length,
    total: page.total ?? read.total,
  };
  const at = deps.clock();
  const context = { pulledAt: page.askedAt, at, via: 'read', replaceBy } as const;
  const storable = await withoutEarlier(deps, reading, storableRecords(page.records));
  const save = (store: (tx: Db) => Promise<StoredPage>) =>
    deps.db.transaction(async (tx) => {
      await saveReadings(tx, connection.id, object, page.files ?? [], at);
      await saveOrigins(tx, connection.id, object, storable.records.filter(isFromFile));
      const { count, problems } = await store(tx);
      if (runId !== null) await addToTally(tx, runId, connection.id, `pulled:${kind}`, count);
      const all = [...(page.problems ?? []), ...storable.problems, ...problems];
      const reported = all.map(({ ref, failure }) => ({ id: deps.ids(), ref, failure }));
      await reportProblems(tx, { source: 'pull', connectionId: connection.id, object }, reported, at);
      await saveCursor(tx, connection.id, object, next);
    });
  try {
    await save(async (tx) => ({
      count: await storeAll(deps, tx, reading, page, storable, context),
      problems: [],
    }));
  } catch (error) {
    if (refusedRecord(error) === null) throw error;
    // Records of a first read are only stored now: the stage that places records finds the one at fault.
    await save((tx) =>
      storeInParts(tx, storable.records, (part, records) =>
        storeChanged(deps, part, reading, records, context),
      ),
    );
  }
  return next;
}

const isFromFile = (record: RemoteRecord): record is RecordFromFile => record.origin !== undefined;

/** Leaves out the rows of files that a row read before replaces, even if its file is gone. */
async function withoutEarlier(
  deps: Deps,
  { connection, mapping }: Reading,
  { records, problems }: StorableRecords,
): Promise<StorableRecords> {
  const fromFiles = records.filter(isFromFile);
  if (fromFiles.length === 0) return { records, problems };
  const left = new Set<RemoteRecord>(
    await withoutEarlierRows(deps.db, connection.id, mapping.object, fromFiles),
  );
  return { records: records.filter((record) => !isFromFile(record) || left.has(record)), problems };
}

interface StoredPage {
  readonly count: number;
  readonly problems: readonly RecordProblem[];
}

async function storeAll(
  deps: Deps,
  tx: Db,
  reading: Reading,
  page: PullPage | FirstReadPage,
  { records, problems }: StorableRecords,
  context: ReadContext,
): Promise<number> {
  if (!('mapped' in page)) return storeChanged(deps, tx, reading, records, context);
  const left = new Set(records);
  const isWhole = problems.length === 0 && records.length === page.mapped.length;
  const mapped = isWhole ? page.mapped : page.mapped.filter(({ record }) => left.has(record));
  return storeFirstRead(deps, tx, reading, mapped, context);
}

/**
 * Stores the records of a page. Some vendors stamp changes by whole seconds. A record that is shown as
 * present with the stamp of its deletion may have been restored in the same second, or the page may be older
 * than the deletion; such records are requested by their ids. Returns how many records were new or changed.
 */
async function storeChanged(
  deps: Deps,
  tx: Db,
  { connection, mapping }: PlaceInput,
  records: readonly RemoteRecord[],
  context: ReadContext,
): Promise<number> {
  const changed = await saveRemoteRecords(tx, connection.id, mapping.object, records, context);
  const present = records.filter((record) => !record.deleted);
  const doubtful = await deletedWithSameStamp(tx, connection.id, mapping.object, present);
  const hints = doubtful.map((extId) => ({ object: mapping.object, extId }));
  if (hints.length > 0) await recordHints(deps, tx, { connection, hints, via: 'recheck' });
  return changed;
}
