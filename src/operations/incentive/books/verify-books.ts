import { eventsOfBook, firstBrokenEvent, type BookRow } from '#src/db/ledger/book-store.ts';
import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson, contentHash } from '#src/domain/content-hash.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import { bucketKey } from '#src/domain/incentive/engine/bucket.ts';
import { applyEvent, type BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { bookStateOf } from '#src/domain/ledger/books/book-state.ts';
import { emptyBooks, type Books } from '#src/domain/ledger/books/books.ts';
import { decodeStored, encodeStored } from '#src/domain/ledger/stored-value.ts';
import { loadBooks, stateKey } from './load-books.ts';

export interface BookCheck {
  readonly book: string;
  readonly events: number;
  /** The first event that was changed by hand; null when none was. */
  readonly brokenEvent: number | null;
  /** A sentence for each thing that is stored differently from what the events give. */
  readonly differences: readonly string[];
}

/**
 * Builds the books again from their events alone and compares the result with what is stored: postings by period,
 * reason, bucket, payee and account, and everything that closes have fixed.
 */
export async function verifyBooks(deps: Pick<Deps, 'db'>, book: BookRow): Promise<BookCheck> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const events = await eventsOfBook(tx, book.id);
    const { books: stored } = await loadBooks(tx, book.id);
    const rebuilt = emptyBooks(decodeStored<IncentiveProgram>(book.program));
    const differences: string[] = [];
    for (const { seq, payload, refused } of events) {
      const outcome = applyEvent(rebuilt, decodeStored<BookEvent>(payload));
      if (outcome.refused !== refused)
        differences.push(
          `Event ${seq}: stored as ${refused ?? 'accepted'}, and now ${outcome.refused ?? 'accepted'}.`,
        );
    }
    const brokenEvent = await firstBrokenEvent(tx, book.id, contentHash);
    compare(differences, sumsOf(stored), sumsOf(rebuilt));
    compare(differences, valuesOf(stored), valuesOf(rebuilt));
    return { book: book.name, events: events.length, brokenEvent, differences };
  });
}

function compare(
  differences: string[],
  stored: ReadonlyMap<string, string>,
  rebuilt: ReadonlyMap<string, string>,
): void {
  for (const name of new Set([...stored.keys(), ...rebuilt.keys()])) {
    const [left = 'nothing', right = 'nothing'] = [stored.get(name), rebuilt.get(name)];
    if (left !== right) differences.push(`${name}: stored ${left}, from the events ${right}.`);
  }
}

/** A calculation posts into the open period before its close, so what is earned there is not compared. */
function sumsOf(books: Books): ReadonlyMap<string, string> {
  const sums = new Map<string, bigint>();
  for (const { period, reason, bucket, payee, postings } of books.transactions) {
    if (period === books.openPeriod && (reason === 'earned' || reason === 'provided')) continue;
    for (const { account, amountMinor } of postings) {
      const name = `${period} ${reason} ${bucketKey(bucket)} ${payee} ${account}`;
      sums.set(name, (sums.get(name) ?? 0n) + amountMinor);
    }
  }
  return new Map([...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => [name, String(sum)]));
}

function valuesOf(books: Books): ReadonlyMap<string, string> {
  const values = new Map(
    bookStateOf(books).map((entry) => [stateKey(entry), canonicalJson(encodeStored(entry.value))]),
  );
  for (const bucket of books.lastBuckets)
    for (const { document, line, partner, amountMinor, trace } of bucket.lines)
      values.set(
        `line ${bucketKey(bucket)} ${document} ${line} ${partner}`,
        canonicalJson([amountMinor, trace]),
      );
  values.set('open period', books.openPeriod);
  return values;
}
