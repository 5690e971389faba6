import {
  addExact,
  compareExact,
  exactZero,
  smallerExact,
  subtractExact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import { compareText } from './bucket.ts';

/** An increase of a piece and the close that brought it. */
export interface Draw {
  readonly close: string;
  readonly amount: Exact;
}

/** The draws of every piece that a close has included, by `CappedPiece.id`. */
export type Draws = ReadonlyMap<string, readonly Draw[]>;

/** A limit for all pieces with the same key. */
export interface Budget {
  readonly key: string;
  readonly amountMinor: Exact;
}

/** A piece of a line, as caps see it. */
export interface CappedPiece {
  /** The same for the same piece at every close. */
  readonly id: string;
  readonly amount: Exact;
  readonly date: string;
  readonly document: string;
  readonly payee: string;
  readonly line: number;
  readonly partner: string;
  readonly payment: string;
  /** In the order in which they apply. Null where the version in force has no such cap any more. */
  readonly budgets: readonly (Budget | null)[];
}

/**
 * The draws after this close. An increase draws with this close, so that what was granted stays granted; a
 * decrease undoes the latest increases first. A piece that never had an amount is not included yet, and one that
 * is gone has the amount 0: a credit memo may stop being a line of its invoice, and become one again.
 */
export function drawsAfter(pieces: readonly CappedPiece[], before: Draws, close: string): Draws {
  const amounts = new Map<string, Exact>([...before.keys()].map((id) => [id, exactZero]));
  for (const { id, amount } of pieces) amounts.set(id, amount);
  return new Map(
    [...amounts].flatMap(([id, amount]) => {
      const draws = [...(before.get(id) ?? [])];
      let change = subtractExact(amount, sumExact(draws.map((draw) => draw.amount)));
      for (
        let last = draws.at(-1);
        change[0] < 0n && last !== undefined && last.amount[0] > 0n;
        last = draws.at(-1)
      ) {
        draws.pop();
        const rest = addExact(last.amount, change);
        if (rest[0] > 0n) draws.push({ close: last.close, amount: rest });
        change = rest[0] > 0n ? exactZero : rest;
      }
      if (change[0] !== 0n) draws.push({ close, amount: change });
      return draws.length === 0 ? [] : [[id, draws] as const];
    }),
  );
}

interface Drawn {
  readonly piece: CappedPiece;
  readonly close: string;
  amount: Exact;
}

/**
 * The amounts that the caps leave of each piece, by id. Each budget grants the running sum of its pieces up
 * to its limit, in the order of the closes, dates, documents, payees and lines; a negative piece first takes
 * back what the budget had cut off.
 */
export function cappedAmounts(pieces: readonly CappedPiece[], draws: Draws): ReadonlyMap<string, Exact> {
  const drawn: Drawn[] = pieces
    .flatMap((piece) => (draws.get(piece.id) ?? []).map(({ close, amount }) => ({ piece, close, amount })))
    .toSorted(compareDrawn);
  const steps = Math.max(0, ...pieces.map(({ budgets }) => budgets.length));
  for (let step = 0; step < steps; step += 1) grant(drawn, step);
  const amounts = new Map<string, Exact>();
  for (const { piece, amount } of drawn)
    amounts.set(piece.id, addExact(amounts.get(piece.id) ?? exactZero, amount));
  return amounts;
}

function grant(drawn: readonly Drawn[], step: number): void {
  const sums = new Map<string, Exact>();
  for (const one of drawn) {
    const budget = one.piece.budgets[step];
    if (budget === undefined || budget === null) continue;
    const before = sums.get(budget.key) ?? exactZero;
    const after = addExact(before, one.amount);
    sums.set(budget.key, after);
    one.amount = subtractExact(
      smallerExact(budget.amountMinor, after),
      smallerExact(budget.amountMinor, before),
    );
  }
}

function compareDrawn(a: Drawn, b: Drawn): number {
  return (
    compareText(a.close, b.close) ||
    compareText(a.piece.date, b.piece.date) ||
    compareText(a.piece.document, b.piece.document) ||
    compareText(a.piece.payee, b.piece.payee) ||
    a.piece.line - b.piece.line ||
    compareText(a.piece.partner, b.piece.partner) ||
    compareText(a.piece.payment, b.piece.payment) ||
    compareExact(a.amount, b.amount)
  );
}
