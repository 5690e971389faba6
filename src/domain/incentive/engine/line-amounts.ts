import { addExact, divideExact, exactZero, multiplyExact, sumExact, type Exact } from '#src/domain/exact.ts';
import type { IncentiveComponent, Measure, Method } from '#src/domain/incentive/component.ts';
import { growthAmount } from '#src/domain/incentive/methods/growth.ts';
import { lumpAmount } from '#src/domain/incentive/methods/lump.ts';
import { marginalSegments, segmentsAmount, type Segment } from '#src/domain/incentive/methods/marginal.ts';
import { packageAmount } from '#src/domain/incentive/methods/package.ts';
import { percentAmount } from '#src/domain/incentive/methods/percent.ts';
import { perUnitAmount } from '#src/domain/incentive/methods/per-unit.ts';
import { retroactiveAmount } from '#src/domain/incentive/methods/retroactive.ts';
import { rowsFor } from '#src/domain/incentive/methods/table.ts';
import type { IncentiveLine } from './lines.ts';
import { releasedShare } from './release.ts';

/** The part of a line that one event released. */
export interface Piece {
  readonly date: string;
  readonly payment: string;
  readonly amount: Exact;
}

export interface LineAmount {
  readonly line: IncentiveLine;
  /** Before caps. */
  readonly pieces: readonly Piece[];
  /** Where the line lies in its table, for methods that fill rows. */
  readonly segments: readonly Segment[];
  /** The volume of earlier lines in the window. */
  readonly before: Exact;
}

export interface BucketContext {
  /** The rules of the bucket, which have the table of a lump sum, package or growth rebate. */
  readonly rules: IncentiveComponent;
  /** The volume that growth is measured against. */
  readonly baseline: (measure: Measure, compare: 'full' | 'to_date') => Exact;
  /** The terms of the component on a day, with the tier of a partner on that day. */
  readonly ratesOn: (line: IncentiveLine, day: string) => { method: Method; tier: string | null } | null;
}

type Volume = Readonly<Record<Measure, Exact>>;
interface Volumes {
  readonly booked: Volume;
  readonly released: Volume;
}

const noVolume: Volume = { amount: exactZero, quantity: exactZero };

/** The amounts of a bucket's lines before caps. The lines must be in line order. */
export function lineAmounts(lines: readonly IncentiveLine[], context: BucketContext): readonly LineAmount[] {
  const volumes = lines.map(volumesOf);
  const total = volumes.reduce(addVolumes, { booked: noVolume, released: noVolume });
  const shared = sharedRate(lines, total.released, context);
  let before: Volumes = { booked: noVolume, released: noVolume };
  return lines.map((line, place) => {
    const volume = volumes[place] ?? { booked: noVolume, released: noVolume };
    const start = before;
    before = addVolumes(before, volume);
    return amountOf(line, { volume, start, end: before, total, shared }, context);
  });
}

interface Position {
  readonly volume: Volumes;
  /** The volumes of the window before and after the line. */
  readonly start: Volumes;
  readonly end: Volumes;
  readonly total: Volumes;
  /** The amount for one unit of the measure under a method for the whole window; null for other methods. */
  readonly shared: Exact | null;
}

function amountOf(line: IncentiveLine, position: Position, context: BucketContext): LineAmount {
  const { method } = line.terms;
  const { volume, start, end, total, shared } = position;
  const plain = { line, segments: [], before: exactZero };
  switch (method.type) {
    case 'percent':
    case 'per_unit':
      return { ...plain, pieces: line.parts.map((part) => ratedPiece(line, part, context)) };
    case 'marginal': {
      const { measure, accumulate } = method;
      const rows = rowsFor(method.tables, line.tier);
      const from = start[accumulate][measure];
      const segments = marginalSegments(rows, measure, from, end[accumulate][measure]);
      const amount = segmentsAmount(segments);
      return { line, segments, before: from, pieces: piecesOf(line, amount, accumulate) };
    }
    case 'retroactive': {
      const { measure, accumulate, boundary, tables } = method;
      const reached = total[accumulate][measure];
      const { amount: basis, quantity } = volume[accumulate];
      const amount = retroactiveAmount(rowsFor(tables, line.tier), boundary, reached, { basis, quantity });
      return { ...plain, pieces: piecesOf(line, amount, accumulate) };
    }
    case 'lump':
    case 'package':
    case 'growth': {
      const measured = volume.released[windowMethod(context.rules.method, method).measure];
      const amount = shared === null ? exactZero : multiplyExact(measured, shared);
      return { ...plain, pieces: [{ date: line.booking, payment: '', amount }] };
    }
  }
}

/** The whole amount on the booking date, or the part of it that each payment released. */
function piecesOf(line: IncentiveLine, amount: Exact, accumulate: 'booked' | 'released'): readonly Piece[] {
  if (accumulate === 'released') return [{ date: line.booking, payment: '', amount }];
  return line.parts.map(({ date, payment, share }) => ({
    date,
    payment,
    amount: multiplyExact(amount, share),
  }));
}

/** A released part at the rate of the booking, or at that of the payment's own date. */
function ratedPiece(
  line: IncentiveLine,
  { date, payment, share, basis }: IncentiveLine['parts'][number],
  { ratesOn }: BucketContext,
): Piece {
  const rates =
    line.terms.rateOn === 'payment' ? ratesOn(line, date) : { method: line.terms.method, tier: line.tier };
  const keys = { ...line, tier: rates?.tier ?? null };
  const whole =
    rates?.method.type === 'percent'
      ? percentAmount(rates.method.rates, keys, basis)
      : rates?.method.type === 'per_unit'
        ? perUnitAmount(rates.method.rates, keys, line.quantity)
        : exactZero;
  return { date, payment, amount: multiplyExact(whole, share) };
}

type WindowMethod = Extract<Method, { type: 'lump' | 'package' | 'growth' }>;

/** The method for the whole window: the bucket's, unless a later version of the component has another kind. */
function windowMethod(rules: Method, line: WindowMethod): WindowMethod {
  return rules.type === 'lump' || rules.type === 'package' || rules.type === 'growth' ? rules : line;
}

/** The amount for one unit of released volume when the amount of the whole window is shared by volume. */
function sharedRate(lines: readonly IncentiveLine[], total: Volume, context: BucketContext): Exact | null {
  const last = lines.findLast(({ terms: { method } }) => isWindowMethod(method));
  if (last === undefined || !isWindowMethod(last.terms.method)) return null;
  const method = windowMethod(context.rules.method, last.terms.method);
  const volume = total[method.measure];
  if (volume[0] === 0n) return null;
  const tier = lines.at(-1)?.tier ?? null;
  return divideExact(windowAmount(method, volume, tier, context.baseline), volume);
}

function isWindowMethod(method: Method): method is WindowMethod {
  return method.type === 'lump' || method.type === 'package' || method.type === 'growth';
}

function windowAmount(
  method: WindowMethod,
  total: Exact,
  tier: string | null,
  baseline: BucketContext['baseline'],
): Exact {
  switch (method.type) {
    case 'lump':
      return lumpAmount(rowsFor(method.tables, tier), method, total);
    case 'package':
      return packageAmount(method, total);
    case 'growth':
      return growthAmount(
        rowsFor(method.tables, tier),
        method,
        total,
        baseline(method.measure, method.compare),
      );
  }
}

function volumesOf({ basis, quantity, parts }: IncentiveLine): Volumes {
  return {
    booked: { amount: basis, quantity },
    released: {
      amount: sumExact(parts.map((part) => multiplyExact(part.basis, part.share))),
      quantity: multiplyExact(quantity, releasedShare(parts)),
    },
  };
}

function addVolumes(a: Volumes, b: Volumes): Volumes {
  const add = (left: Volume, right: Volume): Volume => ({
    amount: addExact(left.amount, right.amount),
    quantity: addExact(left.quantity, right.quantity),
  });
  return { booked: add(a.booked, b.booked), released: add(a.released, b.released) };
}
