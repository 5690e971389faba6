import { findBook, insertBook, type BookRow } from '#src/db/ledger/book-store.ts';
import type { Deps } from '#src/deps.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import { AppError } from '#src/domain/errors.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import { encodeStored } from '#src/domain/ledger/stored-value.ts';

export interface OpenBooksInput {
  readonly name: string;
  readonly program: IncentiveProgram;
}

/**
 * Opens the books of a programme. Opening them again with the same programme changes nothing; a later version of
 * the programme is an event of its books.
 *
 * @throws AppError `conflict` when the books have another programme
 */
export async function openBooks(
  deps: Pick<Deps, 'db' | 'ids' | 'clock'>,
  { name, program }: OpenBooksInput,
): Promise<BookRow> {
  const encoded = encodeStored(program);
  const programHash = contentHash(encoded);
  return deps.db.transaction(async (tx) => {
    const found = await findBook(tx, name);
    if (found !== null) {
      if (found.programHash === programHash) return found;
      throw new AppError(
        'conflict',
        `The books “${name}” were opened with another programme. Record a new version of it instead.`,
      );
    }
    const row = {
      id: deps.ids(),
      name,
      program: encoded,
      programHash,
      openPeriod: program.firstPeriod,
      createdAt: deps.clock(),
    };
    await insertBook(tx, row);
    return row;
  });
}
