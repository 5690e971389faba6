import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import type { Deps } from '#src/deps.ts';
import { postCalculation } from '#src/domain/ledger/books/close.ts';
import { loadBooks } from './load-books.ts';
import { saveBooks } from './save-books.ts';

/**
 * Calculates the open period of the books and posts what is missing: desired minus posted. A second call without
 * new events posts nothing. Returns the number of new entries.
 *
 * @throws AppError `not_found` when the books do not exist
 */
export async function calculateBooks(
  deps: Pick<Deps, 'db' | 'ids' | 'clock'>,
  { bookId }: { readonly bookId: string },
): Promise<number> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const loaded = await loadBooks(tx, bookId);
    const { period, buckets } = postCalculation(loaded.books);
    return saveBooks(deps, tx, loaded, { seq: loaded.seq, calculated: { period, buckets } });
  });
}
