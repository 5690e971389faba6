/** The exact amounts of the lines of one bucket, before caps and rounding. */
import {
  addExact,
  ceilingExact,
  compareExact,
  divideExact,
  exact,
  exactZero,
  floorExact,
  largerExact,
  multiplyExact,
  parseExact,
  subtractExact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Component, Method } from './format.ts';
import { earningLines, type EarningLine } from './lines.ts';
import { monthsAfter, endOfTime, endOfMonth, monthOf, type Window } from './months.ts';
import {
  lineRate,
  lumpReached,
  marginalAmount,
  rowAmount,
  applyingRow,
  rowsReached,
  tableOf,
} from './rates.ts';
import { componentNamed, type Rules } from './rules.ts';

export interface Bucket {
  readonly component: string;
  readonly payee: string;
  readonly currency: string;
  readonly window: Window;
}

export interface Piece {
  readonly bucket: Bucket;
  readonly line: EarningLine;
  readonly payment: string;
  readonly date: string;
  readonly amount: Exact;
}

export function keyOfBucket({ component, payee, currency, window }: Bucket): string {
  return [component, payee, currency, window.key].join('|');
}

export function bucketOf(line: EarningLine): Bucket {
  const { component, payee, currency, window } = line;
  return { component: component.code, payee, currency, window };
}

/** The measure that tables use: the basis or the quantity. */
function measureOf(method: Method, x: Exact, quantity: Exact): Exact {
  return method.measure === 'quantity' ? quantity : x;
}

/** The released part of the basis and of the quantity of a line. */
function releasedOf({ component, x, unconverted, quantity, parts }: EarningLine) {
  const byPayment = component.fxOn === 'payment';
  return {
    x: sumExact(
      parts.map(({ fraction, fx }) =>
        multiplyExact(fraction, byPayment ? multiplyExact(unconverted, fx) : x),
      ),
    ),
    quantity: sumExact(parts.map(({ fraction }) => multiplyExact(fraction, quantity))),
  };
}

/** All pieces of a bucket. The lines are those of the bucket, in line order. */
export function piecesOf(rules: Rules, bucket: Bucket, lines: readonly EarningLine[]): readonly Piece[] {
  const [first] = lines;
  if (first === undefined) return [];
  const { type } = first.component.method;
  if (type === 'percent' || type === 'per_unit')
    return lines.flatMap((line) => simplePieces(rules, bucket, line));
  if (type === 'marginal' || type === 'retroactive') return tablePieces(bucket, lines);
  return sharedPieces(rules, bucket, lines);
}

function simplePieces(rules: Rules, bucket: Bucket, line: EarningLine): readonly Piece[] {
  const { component } = line;
  return line.parts.map(({ payment, date, fraction, fx }) => {
    const x = component.fxOn === 'payment' ? multiplyExact(line.unconverted, fx) : line.x;
    const byPayment = component.rateOn === 'payment' && payment !== '';
    const rated = byPayment ? componentNamed(rules.versionInForce(date), component.code) : component;
    const tier = byPayment ? rules.tierOn(line.tierPartner, date) : line.tier;
    const full = rated === null ? exactZero : lineRate(rated, line, tier).of(x, line.quantity);
    return { bucket, line, payment, date, amount: multiplyExact(full, fraction) };
  });
}

function tablePieces(bucket: Bucket, lines: readonly EarningLine[]): readonly Piece[] {
  const measured = lines.map((line) => {
    const { method } = line.component;
    const counted = method.accumulate === 'released' ? releasedOf(line) : line;
    return {
      line,
      method,
      x: counted.x,
      quantity: counted.quantity,
      m: measureOf(method, counted.x, counted.quantity),
    };
  });
  const total = sumExact(measured.map(({ m }) => m));
  let before = exactZero;
  return measured.flatMap(({ line, method, x, quantity, m }) => {
    const rows = tableOf(method, line.tier);
    const after = addExact(before, m);
    const amount =
      method.type === 'marginal'
        ? subtractExact(marginalAmount(method, rows, after), marginalAmount(method, rows, before))
        : rowAmount(applyingRow(method, rows, total), x, quantity);
    before = after;
    if (method.accumulate === 'released') return [{ bucket, line, payment: '', date: line.booking, amount }];
    return line.parts.map(({ payment, date, fraction }) => ({
      bucket,
      line,
      payment,
      date,
      amount: multiplyExact(amount, fraction),
    }));
  });
}

/** Lump, package and growth: one amount for the bucket, shared to the lines by their measure. */
function sharedPieces(rules: Rules, bucket: Bucket, lines: readonly EarningLine[]): readonly Piece[] {
  const last = lines.at(-1);
  if (last === undefined) return [];
  const { code } = last.component;
  const component =
    last.restart === null ? rules.bucketRules(code, bucket.window) : rules.restarted(code, last.restart);
  const { method } = component ?? last.component;
  const measures = lines.map((line) => {
    const released = releasedOf(line);
    return { line, m: measureOf(method, released.x, released.quantity) };
  });
  const total = sumExact(measures.map(({ m }) => m));
  const amount = sharedAmount(rules, bucket, method, last.tier, total);
  return measures.map(({ line, m }) => ({
    bucket,
    line,
    payment: '',
    date: line.booking,
    amount: total[0] === 0n ? exactZero : divideExact(multiplyExact(amount, m), total),
  }));
}

function sharedAmount(rules: Rules, bucket: Bucket, method: Method, tier: string, total: Exact): Exact {
  const rows = tableOf(method, tier);
  if (method.type === 'lump') return lumpReached(method, rows, total);
  if (method.type === 'package') {
    const units = subtractExact(total, parseExact(method.freeUnits ?? 0));
    const packages = divideExact(units, parseExact(method.size ?? 1));
    const whole = method.part === 'down' ? floorExact(packages) : ceilingExact(packages);
    return multiplyExact(largerExact(exactZero, exact(whole)), parseExact(method.priceMinor ?? 0));
  }
  const base = baseOf(rules, bucket, method);
  const growth = subtractExact(total, base);
  if (base[0] <= 0n || growth[0] <= 0n) return exactZero;
  const percent = divideExact(multiplyExact(growth, exact(100n)), base);
  const row = rowsReached(method, rows, percent).at(-1);
  if (row === undefined) return exactZero;
  return rowAmount(row, method.payOn === 'all' ? total : growth, exactZero);
}

/** The base of growth, over every payee whose bucket of this window is pooled in this one. */
function baseOf(rules: Rules, bucket: Bucket, method: Method): Exact {
  const payees = [bucket.payee];
  for (const payee of payees)
    for (const merge of rules.merges)
      if (merge.pool && merge.into === payee && endOfMonth(bucket.window.last) >= merge.date)
        payees.push(merge.from);
  return sumExact(payees.map((payee) => baseOfPayee(rules, { ...bucket, payee }, method)));
}

function baseOfPayee(rules: Rules, bucket: Bucket, method: Method): Exact {
  const { component, payee, currency, window } = bucket;
  const given = rules.baseline(component, payee, currency, window.first);
  if (given !== null) return given;
  if (window.last === endOfTime) return exactZero;
  const [first, last] = [monthsAfter(window.first, -12), monthsAfter(window.last, -12)];
  const cut = monthsAfter(monthOf(rules.cutOff), -12);
  const until = method.compare === 'to_date' && cut < last ? cut : last;
  return sumExact(
    earningLines(rules, true)
      .filter(
        (line) => line.component.code === component && line.payee === payee && line.currency === currency,
      )
      .filter(({ booking }) => monthOf(booking) >= first && monthOf(booking) <= until)
      .map((line) => measureOf(method, line.x, line.quantity)),
  );
}

/** The rate that finance provides for: the expected one, or the table's at the expected basis. */
export function expectedRate(
  rules: Rules,
  component: Component,
  payee: string,
  expected: { readonly expectedPercent?: string | number; readonly expectedBasisMinor?: string | number },
): Exact {
  if (expected.expectedPercent !== undefined)
    return divideExact(parseExact(expected.expectedPercent), exact(100n));
  const basis = parseExact(expected.expectedBasisMinor ?? 0);
  if (basis[0] === 0n) return exactZero;
  const { method } = component;
  const rows = tableOf(method, rules.tierOn(payee, rules.cutOff));
  const amount =
    method.type === 'marginal'
      ? marginalAmount(method, rows, basis)
      : method.type === 'retroactive'
        ? rowAmount(applyingRow(method, rows, basis), basis, exactZero)
        : method.type === 'lump'
          ? lumpReached(method, rows, basis)
          : sharedAmount(rules, noBucket, method, '', basis);
  return divideExact(amount, basis);
}

const noBucket: Bucket = {
  component: '',
  payee: '',
  currency: '',
  window: { key: '', first: '0000-01', last: endOfTime },
};

export function inTextOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isZero(value: Exact): boolean {
  return compareExact(value, exactZero) === 0;
}
