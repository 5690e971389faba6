import { setImmediate } from 'node:timers/promises';
import type { PullPage } from '#connectors/contract/records.ts';
import { applyInbound, remoteFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { readCursor, saveCursor, type Cursor } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/sync/problem-store.ts';
import type { Db } from '#src/db/client.ts';
import { deadAtStamp, knownRecords, lockObject } from '#src/db/sync/remote-store.ts';
import { tally } from '#src/db/runs/run-store.ts';
import {
  newestOfEach,
  saveFirst,
  saveRemoteRecords,
  startFirst,
  type Showing,
} from '#src/db/sync/save-remote-records.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { finishReading, startReading } from '#src/domain/sync/cursor.ts';
import { loadMapping, withConnection } from '#src/operations/connections/use-connection.ts';
import { placePage, type MappedRecord, type PageInput } from '#src/operations/place/place-page.ts';
import type { PlacedKind } from '#src/operations/place/kinds/placers.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { readAhead } from './read-ahead.ts';

export interface PullInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly connectionId: string;
  readonly kind: PlacedKind;
  /** The vendor's name for it. */
  readonly object: string;
  /** For whom; `bulk` unless told. */
  readonly lane?: Lane;
}

/**
 * Reads what changed in one object since the last read, page by page; each page is one transaction with the
 * cursor, so a crash resumes after the last page that was kept, and goes on counting from there. The first
 * read of an object also places what it can. Returns how many records a first read gave.
 */
export async function pullObject(deps: Deps, input: PullInput, progress: ReportProgress): Promise<number> {
  return withConnection(deps, { ...input, about: input.object }, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, input.kind);
    if (!mapping) return 0;
    const object = mapping.object;
    const began = deps.clock();
    const cursor = await readCursor(deps.db, connection.id, object);
    const { from } = startReading(cursor);
    const since = readsWhole(input.kind) ? null : from;
    const { currency } = (await currentProgram(deps)).program;
    const reading = { connection, mapping, kind: input.kind, currency, runId: input.runId };
    let read: Cursor = cursor.beganAt === null ? { ...cursor, done: 0, total: null, beganAt: began } : cursor;
    const pages = connector.pull({ object, fields: remoteFields(mapping), since, resume: read.resume });
    for await (const page of readAhead(read.since === null ? withMapped(pages, mapping) : pages)) {
      read = await keepPage(deps, reading, read, page);
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
        { ...read, ...finishReading({ ...read, from }), beganAt: null },
        reached,
      );
      await resolveUnseen(tx, { source: 'pull', connectionId: connection.id, object }, began, at);
    });
    return read.since === null ? read.done : 0;
  });
}

/**
 * A drop folder has no change stamps worth trusting and costs no calls: read whole, equal rows fall out by
 * their hash.
 */
function readsWhole(kind: PlacedKind): boolean {
  return kind === 'invoice';
}

/** A page; of a first read also its records with what the mapping makes of each. */
interface ReadPage extends PullPage {
  readonly mapped?: readonly MappedRecord[];
}

/** So few at once that the database, done with one statement, does not wait long for the next. */
const mappedAtOnce = 250;

/** Done as part of reading, so that it happens while the database stores the page before. */
async function* withMapped(
  pages: AsyncIterable<PullPage>,
  mapping: CompiledMapping,
): AsyncGenerator<ReadPage> {
  for await (const page of pages) {
    const mapped: MappedRecord[] = [];
    const records = newestOfEach(page.records);
    for (const record of records) {
      mapped.push({ record, inbound: applyInbound(mapping, record.fields) });
      if (mapped.length % mappedAtOnce === 0) await setImmediate();
    }
    yield { ...page, records, mapped };
  }
}

async function keepPage(
  deps: Deps,
  reading: PageInput & { readonly runId: string | null },
  read: Cursor,
  page: ReadPage,
): Promise<Cursor> {
  const { connection, mapping, kind, runId } = reading;
  const object = mapping.object;
  const next: Cursor = {
    ...read,
    startedAt: read.startedAt ?? page.serverTime,
    resume: page.resume,
    done: read.done + page.records.length,
    total: page.total ?? read.total,
  };
  const at = deps.clock();
  const showing = {
    pulledAt: page.askedAt,
    at,
    via: 'read',
    stamps: readsWhole(kind) ? 'asked' : 'ordered',
  } as const;
  await deps.db.transaction(async (tx) => {
    const changed = page.mapped
      ? await keepFirst(deps, tx, reading, page.mapped, showing)
      : await keepChanged(deps, tx, reading, page, showing);
    if (runId !== null) await tally(tx, runId, connection.id, `pulled:${kind}`, changed);
    const problems = (page.problems ?? []).map(({ ref, failure }) => ({ id: deps.ids(), ref, failure }));
    await reportProblems(tx, { source: 'pull', connectionId: connection.id, object }, problems, at);
    await saveCursor(tx, connection.id, object, next);
  });
  return next;
}

/**
 * Stamps of whole seconds cannot tell whether a record that is shown alive was brought back in the second it
 * died, or whether the page had not heard of its end: it is fetched by its id.
 */
async function keepChanged(
  deps: Deps,
  tx: Db,
  { connection, mapping }: PageInput,
  page: PullPage,
  showing: Showing,
): Promise<number> {
  const changed = await saveRemoteRecords(tx, connection.id, mapping.object, page.records, showing);
  const alive = page.records.filter((record) => !record.deleted);
  const doubtful = await deadAtStamp(tx, connection.id, mapping.object, alive);
  const hints = doubtful.map((extId) => ({ object: mapping.object, extId }));
  if (hints.length > 0) await recordHints(deps, tx, { connection, hints, via: 'doubt' });
  return changed;
}

/**
 * So many at once that neither the database nor we wait for the other, and a page is not in memory several
 * times over.
 */
const rowsAtOnce = 2_500;

/** Side by side on one connection: while the database stores one part, the next is made ready. */
async function keepFirst(
  deps: Deps,
  tx: Db,
  reading: PageInput,
  page: readonly MappedRecord[],
  showing: Showing,
): Promise<number> {
  const { connection, mapping } = reading;
  const ids = page.map(({ record }) => record.extId);
  const [, , known] = await Promise.all([
    lockObject(tx, connection.id, mapping.object),
    startFirst(tx, connection.id, mapping.object),
    knownRecords(tx, connection.id, mapping.object, ids),
  ]);
  const fresh = page.filter(({ record }) => !known.has(record.extId));
  const starts = Array.from({ length: Math.ceil(fresh.length / rowsAtOnce) }, (_, n) => n * rowsAtOnce);
  await Promise.all(
    starts.map(async (start) => {
      const part = fresh.slice(start, start + rowsAtOnce);
      const placed = await placePage(deps, tx, reading, part);
      const records = part.map(({ record }) => record);
      await saveFirst(tx, connection.id, mapping.object, records, placed, showing);
    }),
  );
  const seen = page.filter(({ record }) => known.has(record.extId)).map(({ record }) => record);
  return fresh.length + (await saveRemoteRecords(tx, connection.id, mapping.object, seen, showing));
}
