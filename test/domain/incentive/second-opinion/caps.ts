/** Caps: pieces draw on a limit in the order of the closes that first included them. */
import {
  addExact,
  exactZero,
  parseExact,
  smallerExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import { inTextOrder, isZero, type Piece } from './amounts.ts';
import { monthOf, windowOf } from './months.ts';
import type { Rules } from './rules.ts';

interface Layer {
  readonly close: number;
  readonly amount: Exact;
}

/** What each piece has brought at each close, by piece. */
export type Layers = Map<string, readonly Layer[]>;

interface Drawing {
  readonly piece: Piece;
  readonly close: number;
  readonly amount: Exact;
}

/** The amounts of the pieces after the caps of their component. The layers are brought up to this close. */
export function cappedPieces(
  rules: Rules,
  pieces: readonly Piece[],
  layers: Layers,
  close: number,
): readonly Piece[] {
  const wanted = new Map(pieces.map((piece) => [pieceKey(piece), piece]));
  for (const key of new Set([...layers.keys(), ...wanted.keys()]))
    layers.set(key, changed(layers.get(key) ?? [], wanted.get(key)?.amount ?? exactZero, close));
  let drawings: readonly Drawing[] = pieces
    .flatMap((piece) =>
      (layers.get(pieceKey(piece)) ?? []).map((layer) => ({
        piece,
        close: layer.close,
        amount: layer.amount,
      })),
    )
    .toSorted(inDrawOrder);
  const longest = Math.max(
    0,
    ...pieces.map(({ bucket }) => rules.bucketRules(bucket.component, bucket.window)?.caps?.length ?? 0),
  );
  for (let place = 0; place < longest; place += 1) drawings = drawOn(rules, drawings, place);
  return pieces.map((piece) => ({
    ...piece,
    amount: drawings
      .filter((one) => one.piece === piece)
      .reduce((sum, one) => addExact(sum, one.amount), exactZero),
  }));
}

/** A piece keeps its place among the layers, whatever window it is in now and whoever holds its bucket. */
function pieceKey({ bucket, line, payment }: Piece): string {
  const payee = line.component.payee === 'person' ? bucket.payee : line.tierPartner;
  return [bucket.component, bucket.currency, line.document, line.number, payee, payment].join('|');
}

/** An increase is a layer of this close. A decrease undoes the latest increases first. */
function changed(layers: readonly Layer[], wanted: Exact, close: number): readonly Layer[] {
  const now = layers.reduce((sum, { amount }) => addExact(sum, amount), exactZero);
  let change = subtractExact(wanted, now);
  if (isZero(change)) return layers;
  if (change[0] > 0n) return [...layers, { close, amount: change }];
  const left = [...layers];
  for (let place = left.length - 1; place >= 0 && change[0] < 0n; place -= 1) {
    const layer = left[place];
    if (layer === undefined || layer.amount[0] <= 0n) continue;
    const undone = smallerExact(layer.amount, [-change[0], change[1]]);
    left[place] = { close: layer.close, amount: subtractExact(layer.amount, undone) };
    change = addExact(change, undone);
  }
  if (change[0] < 0n) left.push({ close, amount: change });
  return left.filter(({ amount }) => !isZero(amount));
}

function inDrawOrder(a: Drawing, b: Drawing): number {
  return (
    a.close - b.close ||
    inTextOrder(a.piece.date, b.piece.date) ||
    inTextOrder(a.piece.line.document, b.piece.line.document) ||
    inTextOrder(a.piece.bucket.payee, b.piece.bucket.payee) ||
    a.piece.line.number - b.piece.line.number ||
    inTextOrder(a.piece.payment, b.piece.payment)
  );
}

/** One cap after the other: granted is the smaller of the limit and the sum of what was drawn so far. */
function drawOn(rules: Rules, drawings: readonly Drawing[], place: number): readonly Drawing[] {
  const sums = new Map<string, Exact>();
  return drawings.map((drawing) => {
    const { bucket, line } = drawing.piece;
    const component = rules.bucketRules(bucket.component, bucket.window);
    const cap = component?.caps?.[place];
    if (component === null || cap === undefined) return drawing;
    const kind = (cap.per === 'all' ? cap.window : undefined) ?? component.window ?? 'month';
    const window = windowOf(kind, monthOf(line.booking), rules.yearStartMonth);
    const scope = {
      document: [bucket.payee, bucket.currency, line.document],
      payee: [bucket.payee, bucket.currency, window.key],
      all: [bucket.currency, window.key],
    }[cap.per].join('|');
    const limits = cap.per === 'all' ? rules.bucketRules(bucket.component, window)?.caps?.[place] : cap;
    if (limits === undefined) return drawing;
    const limit = parseExact(limits.amountMinor);
    const before = sums.get(scope) ?? exactZero;
    const after = addExact(before, drawing.amount);
    sums.set(scope, after);
    return {
      ...drawing,
      amount: subtractExact(smallerExact(limit, after), smallerExact(limit, before)),
    };
  });
}
