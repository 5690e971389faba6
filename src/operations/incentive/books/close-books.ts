import { closeOf, insertEvents, saveClose, type CloseRow } from '#src/db/ledger/book-store.ts';
import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import { AppError } from '#src/domain/errors.ts';
import { bucketKey } from '#src/domain/incentive/engine/bucket.ts';
import { applyEvent } from '#src/domain/ledger/books/apply-event.ts';
import type { ClosedBucket } from '#src/domain/ledger/books/books.ts';
import { postCalculation } from '#src/domain/ledger/books/close.ts';
import type { PeriodReport } from '#src/domain/ledger/books/period-report.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';
import { eventRow } from './event-row.ts';
import { loadBooks, type LoadedBooks } from './load-books.ts';
import { saveBooks } from './save-books.ts';

interface CloseInput {
  readonly bookId: string;
  readonly period: string;
  readonly personId: string;
}

/**
 * Starts the close of the open period: calculates and posts it, and notes the result that another person has to
 * confirm. Any person may start it again until it is confirmed. A period that is not the open one is refused;
 * the refusal is stored as an event.
 */
export async function startClose(
  deps: Deps,
  input: CloseInput,
): Promise<{ readonly refused: string | null }> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const loaded = await loadBooks(tx, input.bookId);
    if (input.period !== loaded.books.openPeriod) return recordRefusedClose(deps, tx, loaded, input);
    const { period, buckets } = postCalculation(loaded.books);
    await saveBooks(deps, tx, loaded, { seq: loaded.seq, calculated: { period, buckets } });
    const row: CloseRow = {
      bookId: input.bookId,
      period,
      status: 'calculating',
      watermark: loaded.seq,
      resultHash: resultHash(buckets),
      startedBy: input.personId,
      startedAt: deps.clock(),
      closedBy: null,
      closedAt: null,
    };
    await saveClose(tx, row);
    await audit(tx, [closeEvent('period.close_started', row, input.personId)], deps.clock());
    return { refused: null };
  });
}

/**
 * Closes a period that another person has started to close: settles what falls due and fixes what later facts no
 * longer change. Nothing is posted into it afterwards.
 *
 * @throws AppError `not_allowed` for the person who started it, `conflict` when it was not started, or when facts that came
 * since have changed the result
 */
export async function confirmClose(deps: Deps, input: CloseInput): Promise<PeriodReport> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const { bookId, period, personId } = input;
    const started = await closeOf(tx, bookId, period);
    if (started === null || started.status === 'closed')
      throw new AppError(
        'conflict',
        `The close of ${period} was not started, or the period is closed already. Start the close first.`,
      );
    const at = deps.clock();
    await requireSecondPerson(tx, { approverId: personId, makerIds: [started.startedBy], at });
    const loaded = await loadBooks(tx, bookId);
    const { report } = applyEvent(loaded.books, { type: 'close', period });
    if (report === null)
      throw new AppError('internal', 'The period to close is not the open one.', { period });
    const buckets = loaded.books.lastBuckets;
    if (resultHash(buckets) !== started.resultHash)
      throw new AppError(
        'conflict',
        `${loaded.seq - started.watermark} events came since the close of ${period} was started and have changed its result. Start it again, and let another person confirm the new result.`,
      );
    const seq = loaded.seq + 1;
    const event = eventRow({ type: 'close', period }, { bookId, seq, knownAt: at, refused: null });
    await insertEvents(tx, [event], loaded.chain);
    await saveBooks(deps, tx, loaded, { seq, calculated: { period, buckets } });
    const row: CloseRow = { ...started, status: 'closed', closedBy: personId, closedAt: at };
    await saveClose(tx, row);
    await audit(tx, [closeEvent('period.closed', row, personId)], at);
    return report;
  });
}

async function recordRefusedClose(
  deps: Deps,
  tx: Deps['db'],
  { books, seq, chain }: LoadedBooks,
  { bookId, period }: CloseInput,
): Promise<{ readonly refused: string | null }> {
  const event = { type: 'close', period } as const;
  const { refused } = applyEvent(books, event);
  const row = eventRow(event, { bookId, seq: seq + 1, knownAt: deps.clock(), refused });
  await insertEvents(tx, [row], chain);
  return { refused };
}

/** The same for the same amounts of all buckets. */
function resultHash(buckets: readonly Omit<ClosedBucket, 'lines'>[]): string {
  return contentHash(
    buckets.map((bucket) => [
      bucketKey(bucket),
      bucket.earnedMinor,
      bucket.adjustmentsMinor,
      bucket.providedMinor,
    ]),
  );
}

function closeEvent(
  action: 'period.close_started' | 'period.closed',
  { bookId, period, status, watermark, resultHash: hash }: CloseRow,
  actorId: string,
): AuditEntry {
  return {
    actorId,
    action,
    subjectKind: 'period',
    subjectId: bookId,
    before: null,
    after: { period, status, watermark, resultHash: hash },
    reason: null,
  };
}
