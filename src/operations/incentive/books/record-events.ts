import { insertEvents } from '#src/db/ledger/book-store.ts';
import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import type { Deps } from '#src/deps.ts';
import { applyEvent, type BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { eventRow } from './event-row.ts';
import { loadBooks } from './load-books.ts';
import { saveBooks } from './save-books.ts';

/** A command to the books. Calculating and closing a period have operations of their own. */
export type RecordedEvent = Exclude<BookEvent, { readonly type: 'close' | 'run' }>;

export interface RecordedOutcome {
  /** The number of the event in its books. */
  readonly seq: number;
  /** Why the event has no effect; null when it has one. */
  readonly refused: string | null;
}

/**
 * Records events in the order in which they were learnt. A refused event has no effect, and is stored with its
 * reason. Returns an outcome for each event.
 *
 * @throws AppError `not_found` when the books do not exist
 */
export async function recordEvents(
  deps: Pick<Deps, 'db' | 'ids' | 'clock'>,
  { bookId, events }: { readonly bookId: string; readonly events: readonly RecordedEvent[] },
): Promise<readonly RecordedOutcome[]> {
  if (events.length === 0) return [];
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const loaded = await loadBooks(tx, bookId);
    const knownAt = deps.clock();
    const rows = events.map((event, place) => {
      const { refused } = applyEvent(loaded.books, event);
      const seq = loaded.seq + place + 1;
      return {
        row: eventRow(event, { bookId, seq, knownAt, refused }),
        upTo: loaded.books.transactions.length,
      };
    });
    await insertEvents(
      tx,
      rows.map(({ row }) => row),
      loaded.chain,
    );
    await saveBooks(deps, tx, loaded, {
      seq: loaded.seq + events.length,
      origins: rows.map(({ row, upTo }) => ({ seq: row.seq, upTo })),
      calculated: null,
    });
    return rows.map(({ row: { seq, refused } }) => ({ seq, refused }));
  });
}
