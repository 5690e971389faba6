import { allBooks, eventsOfBook, findBook, type BookRow, type EventRow } from '#src/db/ledger/book-store.ts';
import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { bucketKey } from '#src/domain/incentive/engine/bucket.ts';
import { shiftMonth } from '#src/domain/incentive/engine/windows.ts';
import { calculate, type ClosedBefore } from '#src/domain/incentive/engine/calculate.ts';
import { addFact, noFacts } from '#src/domain/incentive/engine/known-facts.ts';
import type { IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import {
  proofFaults,
  provenLines,
  type LineProof,
  type ProvenFact,
} from '#src/domain/incentive/proof/line-proof.ts';
import { isInScope, proofScope, type ProofScope } from '#src/domain/incentive/proof/proof-scope.ts';
import { decodeStored, encodeStored } from '#src/domain/ledger/stored-value.ts';
import { loadBooks } from './load-books.ts';

export interface ExplainInput {
  /** Null when there is only one. */
  readonly book: string | null;
  readonly document: string;
  /** Null is every line of the document. */
  readonly line: number | null;
}

/**
 * A proof for each amount that a line of a document has earned: as of the last close if it knew the document, else
 * as of a calculation of the open period.
 *
 * @throws AppError `not_found`, `bad_request`
 */
export async function explainLine(
  deps: Pick<Deps, 'db'>,
  { book: name, document, line }: ExplainInput,
): Promise<readonly LineProof[]> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const book = await chosenBook(tx, name);
    const { books } = await loadBooks(tx, book.id);
    const events = await eventsOfBook(tx, book.id);
    const lastClosed = shiftMonth(books.openPeriod, -1);
    const isClosed = books.lastBuckets.some(({ lines }) => lines.some((one) => one.document === document));
    const asOf = isClosed ? lastClosed : books.openPeriod;
    const facts = factsUpTo(events, isClosed ? closeSeq(events, lastClosed) : Infinity);
    const known = noFacts(books.known.program);
    for (const { fact } of facts) addFact(known, fact);
    const { buckets } = calculate(known, books.closedBefore, asOf);
    const lines = provenLines(known.program, buckets, { document, line });
    if (lines.length === 0)
      throw new AppError(
        'not_found',
        `Document ${document} has no line that has earned something in “${book.name}”.`,
      );
    const of = { program: encodeStored(known.program), period: asOf };
    return lines.map((one): LineProof => {
      const mates = buckets.find((bucket) => bucketKey(bucket) === bucketKey(one.bucket));
      const scope = proofScope(known, one.bucket.payee, mates?.lines.map((mate) => mate.document) ?? []);
      const proof = (within: ProofScope | null): LineProof => ({
        format: 'fairway-incentive-proof-1',
        ...of,
        facts: facts
          .filter(({ fact }) => within === null || isInScope(fact, within, known))
          .map(({ proven }) => proven),
        fixed: fixedWithin(books.closedBefore, within),
        line: one,
      });
      // A budget for everybody depends on what others have earned, and then their facts belong to the proof.
      const narrow = proof(scope);
      return proofFaults(narrow).length === 0 ? narrow : proof(null);
    });
  });
}

async function chosenBook(tx: Deps['db'], name: string | null): Promise<BookRow> {
  if (name !== null) {
    const found = await findBook(tx, name);
    if (found === null) throw new AppError('not_found', `There are no books “${name}”.`);
    return found;
  }
  const [first, ...others] = await allBooks(tx);
  if (first === undefined) throw new AppError('not_found', 'There are no incentive books yet.');
  if (others.length > 0) {
    const names = [first, ...others].map((one) => `“${one.name}”`).join(', ');
    throw new AppError('bad_request', `There are several books. Choose one with --book: ${names}.`);
  }
  return first;
}

/** The number of the event that closed a period. */
function closeSeq(events: readonly EventRow[], period: string): number {
  const close = events.find(
    ({ kind, ref, refused }) => kind === 'close' && ref === period && refused === null,
  );
  return close?.seq ?? Infinity;
}

function factsUpTo(
  events: readonly EventRow[],
  seq: number,
): readonly { readonly fact: IncentiveFact; readonly proven: ProvenFact }[] {
  return events.flatMap((row) => {
    if (row.seq >= seq || row.refused !== null) return [];
    const event = decodeStored<{ readonly type: string; readonly fact?: IncentiveFact }>(row.payload);
    if (event.type !== 'fact' || event.fact === undefined) return [];
    return [{ fact: event.fact, proven: { seq: row.seq, hash: row.hash, payload: row.payload } }];
  });
}

/** The fixed values without those of other documents and partners, whose names are in the keys. */
function fixedWithin({ rates, tiers, draws }: ClosedBefore, scope: ProofScope | null): LineProof['fixed'] {
  const names = scope === null ? null : new Set([...scope.documents, ...scope.payees]);
  const within = (key: string) =>
    names === null || [...names].some((one) => key.endsWith(`|${one}`) || key.includes(JSON.stringify(one)));
  return {
    rates: encodeStored([...rates].filter(([key]) => key.startsWith('payment|') || within(key))),
    tiers: encodeStored([...tiers].filter(([key]) => within(key))),
    draws: encodeStored([...draws].filter(([key]) => within(key))),
  };
}
